"""Finds every condition of a template and evaluates it under an answer set."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2.sandbox import SandboxedEnvironment

from generator.catalog import MANIFEST, read_manifest

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
    """Every condition in a template's files, in their paths and in its manifest."""
    folder = root / "templates" / template
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(root).as_posix()
        texts = [path.relative_to(folder).as_posix()]
        if path.is_file() and path.suffix == ".jinja":
            texts.append(path.read_text(encoding="utf-8"))
        for text in texts:
            for expression in _IF.findall(text):
                yield Condition(where=relative, expression=expression)
    spec = read_manifest(folder / MANIFEST, template)
    for feature in spec.features:
        if feature.files:
            yield Condition(where=MANIFEST, expression=f"'{feature.name}' in features")
    for files in spec.files:
        yield Condition(where=MANIFEST, expression=files.when)
