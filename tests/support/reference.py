"""Writes `docs/reference/` from the code: `python -m tests.support.reference`."""

import re
from pathlib import Path
from typing import Any

import typer.main

from generator.catalog import SERVICE_TEMPLATES
from generator.cli.root import app
from generator.rendering.questions import read_questions
from tests.support.checkout import PROJECT

REFERENCE = PROJECT / "docs" / "reference"
_NOTE = "<!-- Written by `make docs` from the code. -->"


def cli_page() -> str:
    """The page about the command line."""
    lines = [_NOTE, "# The command line", ""]
    command: Any = typer.main.get_command(app)
    for name, sub in sorted(command.commands.items()):
        lines += [f"## `generator {name}`", "", _paragraphs(sub.help or ""), ""]
        rows = [row for parameter in sub.params if (row := _row(parameter))]
        lines += ["| Option | What it does |", "|---|---|", *rows, ""]
    return "\n".join(lines) + _EXIT_CODES


def questions_page() -> str:
    """The page about the questionnaire."""
    lines = [_NOTE, "# Questions", ""]
    for template in ("workspace", *(spec.name for spec in SERVICE_TEMPLATES)):
        lines += [f"## {template}", "", "| Key | Type | What is asked |", "|---|---|---|"]
        lines += [
            f"| `{question.name}` | {question.kind} | {question.help} |"
            for question in read_questions(PROJECT, template)
            if not question.computed
        ]
        lines.append("")
    return "\n".join(lines)


def pages() -> dict[Path, str]:
    """Every page with its text."""
    return {REFERENCE / "cli.md": cli_page(), REFERENCE / "questions.md": questions_page()}


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
| 6 | something is missing on this machine: git, uv, a server, the network |
| 130 | interrupted |
"""

if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
