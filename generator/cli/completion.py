"""Says what the shell may offer while a command is being typed."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from generator.catalog import BACKING_SERVICES, SERVICE_TEMPLATES

if TYPE_CHECKING:
    from generator.answers import Answers


def complete_template(incomplete: str) -> list[tuple[str, str]]:
    """The service templates, each with what it is."""
    return [(s.name, s.summary) for s in SERVICE_TEMPLATES if s.name.startswith(incomplete)]


def complete_subject(context: typer.Context, incomplete: str) -> list[str]:
    """What can be verified: the services of the workspace, and its other two subjects."""
    names = [*(answers.service_name for answers in _services(context)), "shared", "workspace"]
    return [name for name in names if name.startswith(incomplete)]


def complete_backing(incomplete: str) -> list[str]:
    """The kinds of backing services."""
    return [spec.name for spec in BACKING_SERVICES if spec.name.startswith(incomplete)]


def complete_data_service(context: typer.Context, incomplete: str) -> list[str]:
    """The services of the workspace that hold data."""
    from generator.usecases.selection import data_services

    return [name for name in data_services(_services(context)) if name.startswith(incomplete)]


def complete_features(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The features of the template that was named, after those that are typed already."""
    # The words themselves: while an option still lacks its value, no argument has been taken.
    words = context.parent.args if context.parent else []
    features = next((spec.features for spec in SERVICE_TEMPLATES if spec.name in words), ())
    before, comma, last = incomplete.rpartition(",")
    return [
        (f"{before}{comma}{feature.name}", feature.summary)
        for feature in features
        if feature.name.startswith(last) and feature.name not in before.split(",")
    ]


def _services(context: typer.Context) -> "tuple[Answers, ...]":
    from generator.errors import GeneratorError
    from generator.workspace import open_workspace

    try:
        return open_workspace(context.params.get("workspace") or Path()).services()
    except GeneratorError:
        return ()
