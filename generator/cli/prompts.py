"""Asks a person for the answers that no flag gave."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from generator.usecases.templates import OpenedTemplate

# Allocated, not asked: a person has no way to know which is free.
_NEVER_ASKED = frozenset({"template", "service_name", "workspace_name", "port"})


def ask_missing(
    template: "OpenedTemplate", name: str, given: Mapping[str, object]
) -> dict[str, Any]:
    """Ask the template's questions that have no answer yet; return all answers.

    Questions left empty are not answered, so that the template's default stands.
    """
    from generator.rendering.questions import read_questions

    answers = dict(given)
    typer.echo(f"{template.spec.name} {name}: press Enter to take the default.", err=True)
    for question in read_questions(template.root, template.spec.name):
        if question.computed or question.name in answers or question.name in _NEVER_ASKED:
            continue
        if question.kind == "bool":
            answers[question.name] = typer.confirm(question.help, default=True, err=True)
            continue
        said = typer.prompt(question.help, default="", show_default=False, err=True)
        if said:
            answers[question.name] = said
    return answers
