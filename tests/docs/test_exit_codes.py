"""The page on exit codes has every error that there is, with the code that it ends with."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import generator
from generator.cli.console import _code_of
from generator.errors import GeneratorError
from tests.support.checkout import PROJECT

PAGE = (PROJECT / "docs/reference/exit-codes.md").read_text(encoding="utf-8")


def errors(kind: type[GeneratorError] = GeneratorError) -> Iterator[type[GeneratorError]]:
    for below in kind.__subclasses__():
        yield below
        yield from errors(below)


def test_every_error_has_its_word_and_its_exit_code_on_the_page() -> None:
    for module in pkgutil.walk_packages(generator.__path__, "generator."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    rows = {word: int(code) for word, code in re.findall(r"(?m)^\| `([\w-]+)` \| (\d+) \|", PAGE)}
    found = {_code_of(error("")): error.exit_code for error in errors()}
    # Two that are no class: words that cannot be parsed, and what is none of these.
    assert rows == found | {"usage": 2, "defect": 70, "interrupted": 130}
    assert set(found.values()) <= {int(code) for code in re.findall(r"(?m)^\| (\d+) \|", PAGE)}
