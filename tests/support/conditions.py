"""Finds every condition of a template and evaluates it under an answer set."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jinja2.sandbox import SandboxedEnvironment

_TAG = re.compile(r"{%.*?%}")
_IF = re.compile(r"{%-?\s*(?:el)?if\s+(.*?)\s*-?%}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One condition and where it stands."""

    where: str
    expression: str

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Whether it is true under these answers."""
        compiled = SandboxedEnvironment().compile_expression(self.expression)
        return bool(compiled(**answers))


def conditions(root: Path, template: str) -> Iterator[Condition]:
    """Every condition in a template's files, their paths and the exclude list."""
    folder = root / "templates" / template
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(root).as_posix()
        texts = [path.relative_to(folder).as_posix()]
        if path.is_file() and path.suffix == ".jinja":
            texts.append(path.read_text(encoding="utf-8"))
        for text in texts:
            for expression in _IF.findall(text):
                yield Condition(where=relative, expression=expression)
    yield from _exclusions(root, folder)


def _exclusions(root: Path, folder: Path) -> Iterator[Condition]:
    settings = root / "templates" / "_shared" / "questions" / "settings.yml"
    for pattern in yaml.safe_load(settings.read_text(encoding="utf-8"))["_exclude"]:
        # One list for all templates: what a template doesn't have is not excluded from it.
        if not (folder / _TAG.sub("", pattern)).exists():
            continue
        for expression in _IF.findall(pattern):
            yield Condition(where="_exclude", expression=expression)
