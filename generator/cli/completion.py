"""Says what the shell may offer while a command is being typed."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from generator.catalog import TemplateSpec
    from generator.workspace import Inventory


def complete_template(incomplete: str) -> list[tuple[str, str]]:
    """The service templates, each with what it is."""
    return [(s.name, s.summary) for s in _templates() if s.name.startswith(incomplete)]


def complete_subject(context: typer.Context, incomplete: str) -> list[str]:
    """What can be verified: the services of the workspace, and its other two subjects."""
    services = _inventory(context)
    found = (answers.service_name for answers in (services.answers if services else ()))
    names = [*found, "shared", "workspace"]
    return [name for name in names if name.startswith(incomplete)]


def complete_backing(incomplete: str) -> list[str]:
    """The kinds of backing services."""
    from generator.catalog import BACKING_SERVICES

    return [spec.name for spec in BACKING_SERVICES if spec.name.startswith(incomplete)]


def complete_data_service(context: typer.Context, incomplete: str) -> list[str]:
    """The services of the workspace that hold data."""
    from generator.usecases.selection import providers

    services = _inventory(context)
    known = providers(services, "data_service") if services else ()
    return [name for name in known if name.startswith(incomplete)]


def complete_features(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The features of the template that was named, after those that are typed already."""
    # The words themselves: while an option still lacks its value, no argument has been taken.
    words = context.parent.args if context.parent else []
    features = next((spec.features for spec in _templates() if spec.name in words), ())
    before, comma, last = incomplete.rpartition(",")
    return [
        (f"{before}{comma}{feature.name}", feature.summary)
        for feature in features
        if feature.name.startswith(last) and feature.name not in before.split(",")
    ]


def _templates() -> "tuple[TemplateSpec, ...]":
    from generator.errors import GeneratorError
    from generator.usecases.templates import own_catalog

    try:
        return own_catalog().templates
    except GeneratorError:
        return ()


def _inventory(context: typer.Context) -> "Inventory | None":
    from generator.errors import GeneratorError
    from generator.workspace import open_workspace

    try:
        return open_workspace(context.params.get("workspace") or Path()).inventory()
    except GeneratorError:
        return None
