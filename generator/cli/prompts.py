"""Asks a person for the answers that no flag gave."""

from collections.abc import Mapping
from typing import Any

import typer

# Allocated, not asked: a person has no way to know which is free.
_NEVER_ASKED = frozenset({"template", "service_name", "workspace_name", "port"})


def ask_missing(template: str, name: str, given: Mapping[str, object]) -> dict[str, Any]:
    """Ask the template's questions that have no answer yet; return all answers.

    Questions left empty are not answered, so that the template's default stands.
    """
    from generator.rendering.questions import read_questions
    from generator.sources.export import exported
    from generator.sources.own import find_source

    answers = dict(given)
    typer.echo(f"{template} {name}: press Enter to take the default.", err=True)
    with exported(find_source(dev=True)) as root:
        questions = read_questions(root, template)
    for question in questions:
        if question.computed or question.name in answers or question.name in _NEVER_ASKED:
            continue
        if question.kind == "bool":
            answers[question.name] = typer.confirm(question.help, default=True, err=True)
            continue
        said = typer.prompt(question.help, default="", show_default=False, err=True)
        if said:
            answers[question.name] = said
    return answers
