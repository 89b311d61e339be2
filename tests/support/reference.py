"""Writes what in `docs/` follows from the code: `python -m tests.support.reference`."""

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any

import typer.main

from generator.catalog import (
    BackingNeeds,
    ConditionalFiles,
    ConditionalMessages,
    ExternalSecret,
    ExternalService,
    FeatureSpec,
    LinkSpec,
    ProcessSpec,
    TemplateSpec,
    read_manifests,
)
from generator.cli.root import app
from generator.rendering.questions import read_questions
from tests.support.checkout import PROJECT
from tests.support.template_pages import template_pages

REFERENCE = PROJECT / "docs" / "reference"
DECISIONS = PROJECT / "docs" / "decisions"
_NOTE = "<!-- Written by `make docs` from the code. -->"


def cli_page() -> str:
    """The page about the command line."""
    lines = [_NOTE, "# The command line", ""]
    command: Any = typer.main.get_command(app)
    for name, sub in _commands(command):
        lines += [f"## `generator {name}`", "", _paragraphs(sub.help or ""), ""]
        rows = [row for parameter in sub.params if (row := _row(parameter))]
        if rows:
            lines += ["| Option | What it does |", "|---|---|", *rows, ""]
    return "\n".join([*lines, _EXIT_CODES])


def _commands(group: Any, above: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - click's own
    """Every command by its words, those of a group of commands after the group itself."""
    for name, command in sorted(group.commands.items()):
        yield f"{above}{name}", command
        if hasattr(command, "commands"):
            yield from _commands(command, f"{above}{name} ")


def questions_page() -> str:
    """The page about the questionnaire."""
    lines = [_NOTE, "# Questions", ""]
    manifests = sorted(read_manifests(PROJECT), key=lambda spec: spec.kind == "service")
    for template in (spec.name for spec in manifests):
        lines += [f"## {template}", "", "| Key | Type | What is asked |", "|---|---|---|"]
        lines += [
            f"| `{question.name}` | {question.kind} | {question.help} |"
            for question in read_questions(PROJECT, template)
            if not question.computed
        ]
        lines.append("")
    return "\n".join(lines)


def manifest_page() -> str:
    """The page about `template.yml`, from the dataclasses that it is read into."""
    lines = [_NOTE, "# The manifest of a template", "", _MANIFEST.strip(), ""]
    for title, kind in _PARTS.items():
        about = _attributes(kind)
        lines += [
            f"## {title}",
            "",
            "| Key | Value | Left out | What it says |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| `{one.name}` | {_kind(one)} | {_default(one)} | {about[one.name]} |"
            for one in fields(kind)
            if not one.metadata.get("key")
        ]
        lines.append("")
    return "\n".join(lines)


def _attributes(kind: type) -> dict[str, str]:
    """What a docstring of the house says of each attribute."""
    text = inspect.getdoc(kind) or ""
    entries = re.split(r"\n    (?=\w+: )", text.partition("Attributes:")[2])
    pairs = (entry.strip().partition(": ") for entry in entries if entry.strip())
    return {name: " ".join(said.split()) for name, _, said in pairs}


def _kind(one: Field[Any]) -> str:
    kind = str(one.type)
    for part, name in _KINDS:
        if part in kind:
            return name
    return "a mapping"


def _default(one: Field[Any]) -> str:
    if one.default is MISSING and one.default_factory is MISSING:
        return "refused"
    made = one.default_factory() if one.default_factory is not MISSING else one.default
    if is_dataclass(made):
        return "all of its defaults"
    if isinstance(made, tuple | frozenset | dict):
        return f"`{json.dumps(list(made))}`" if made else "none"
    return f"`{str(made).lower() if isinstance(made, bool) else made}`"


_KINDS = (
    ("Literal", "one of these words"),
    ("LinkSpec", "a mapping from the answer's key"),
    ("ExternalSecret", "a mapping from the variable's name"),
    ("ExternalService", "a mapping from the variable's name"),
    ("FeatureSpec", "a mapping from the feature's name"),
    ("ConditionalFiles", "a list of mappings"),
    ("ConditionalMessages", "a list of mappings"),
    ("tuple[str", "a list of texts"),
    ("frozenset[str", "a list of texts"),
    ("bool", "true or false"),
    ("int", "a number"),
    ("Mapping[str, str]", "a mapping of texts"),
    ("str", "a text"),
)
_PARTS = {
    "The file": TemplateSpec,
    "`process`": ProcessSpec,
    "`backing`": BackingNeeds,
    "Each of `links`": LinkSpec,
    "Each of `features`": FeatureSpec,
    "Each of `files`": ConditionalFiles,
    "Each of `messages`": ConditionalMessages,
    "Each of `external_secrets`": ExternalSecret,
    "Each of `external_services`": ExternalService,
}
_MANIFEST = """
`templates/<name>/template.yml` holds the facts of a template that its files alone do not tell.
Copier renders it into every service, so `services/<name>/template.yml` holds those of the version
that the service was rendered from. It is read strictly: an unknown key, a value of another type, a
feature or a backing service that there is not, features that require each other in a circle and a
path that matches no file of the template are refused in one line.
"""


def decisions_page() -> str:
    """The list of what was decided, from the headings of the decisions."""
    lines = [_NOTE, "# Decisions", "", "What was decided, why, and what it costs.", ""]
    for path in sorted(DECISIONS.glob("[0-9]*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        lines.append(f"* [{title}]({path.name})")
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Every page with its text."""
    return {
        DECISIONS / "index.md": decisions_page(),
        REFERENCE / "cli.md": cli_page(),
        REFERENCE / "manifest.md": manifest_page(),
        REFERENCE / "questions.md": questions_page(),
    }


def _paragraphs(text: str) -> str:
    return re.sub(r"(?m)^Example: (.*)$", r"Example: `\1`", text.strip())


def _row(parameter: Any) -> str:  # noqa: ANN401 - Typer keeps its parameter classes to itself
    if parameter.param_type_name == "argument":
        return f"| `{parameter.name.upper()}` | {parameter.help} |"
    if getattr(parameter, "hidden", False) or "--help" in parameter.opts:
        return ""
    names = ", ".join(f"`{option}`" for option in parameter.opts)
    return f"| {names} | {parameter.help} |"


_EXIT_CODES = """\
## Exit codes

| Code | Meaning |
|---|---|
| 0 | done |
| 1 | findings: verification is red, or `--check` found drift |
| 2 | usage: a name, an answer, an option or a place was refused |
| 3 | conflict: a hand-edited file or another run is in the way |
| 4 | the template source must not be used as it is |
| 5 | it could not be found out: the network, a file that cannot be read, a template at fault |
| 6 | something is missing on this machine: git, uv, a server |
| 70 | a defect of the generator |
| 130 | interrupted |

[Every error with its code](exit-codes.md).
"""

if __name__ == "__main__":
    for path, text in (pages() | template_pages()).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
