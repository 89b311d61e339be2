"""Says what the shell may offer while a command is being typed."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.catalog import TemplateSpec
    from generator.usecases.sources import ListedSource
    from generator.workspace import Inventory


def complete_template(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The service templates, each with what it is: ours, then those of the workspace's sources."""
    own = [(spec.name, spec.summary) for spec in _templates()]
    of_sources = [
        (f"{source.record.name}/{name}", f"of {source.record.url}")
        for source in _sources(context)
        for name in source.templates
    ]
    return [pair for pair in (*own, *of_sources) if pair[0].startswith(incomplete)]


def complete_source(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The sources that the workspace names, each with its address."""
    return [
        (source.record.name, source.record.url)
        for source in _sources(context)
        if source.record.name.startswith(incomplete)
    ]


def complete_tested(context: typer.Context, incomplete: str) -> list[str]:
    """What can be tested: the sources' templates, and the folders here."""
    names = [name for name, _ in complete_source(context, incomplete)]
    names += [name for name, _ in complete_template(context, incomplete) if "/" in name]
    return [*names, *_folders(incomplete)]


def _folders(incomplete: str) -> "Iterator[str]":
    parent, _, last = incomplete.rpartition("/")
    before = f"{parent}/" if "/" in incomplete else ""
    try:
        for path in sorted(Path(before or ".").iterdir()):
            if path.is_dir() and path.name.startswith(last) and path.name[0] != ".":
                yield f"{before}{path.name}"
    except OSError:
        return


def complete_subject(context: typer.Context, incomplete: str) -> list[str]:
    """What can be verified: the services of the workspace, and its other two subjects."""
    services = _inventory(context)
    found = (answers.service_name for answers in (services.answers if services else ()))
    names = [*found, "shared", "workspace"]
    return [name for name in names if name.startswith(incomplete)]


def complete_service(context: typer.Context, incomplete: str) -> list[str]:
    """The services of the workspace."""
    services = _inventory(context)
    names = [answers.service_name for answers in (services.answers if services else ())]
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
    features = next((spec.features for spec in _named(context, words)), ())
    before, comma, last = incomplete.rpartition(",")
    return [
        (f"{before}{comma}{feature.name}", feature.summary)
        for feature in features
        if feature.name.startswith(last) and feature.name not in before.split(",")
    ]


def _named(context: typer.Context, words: list[str]) -> "Iterator[TemplateSpec]":
    """The template that was named: ours, or one of a source that this machine has a copy of."""
    from generator.errors import GeneratorError
    from generator.usecases.templates import known_template
    from generator.workspace import open_workspace

    yield from (spec for spec in _templates() if spec.name in words)
    for word in words:
        if "/" not in word:
            continue
        try:
            workspace = open_workspace(context.params.get("workspace") or Path())
            yield known_template(workspace, word)
        except GeneratorError:
            continue


def _sources(context: typer.Context) -> "tuple[ListedSource, ...]":
    """The sources of the workspace; nothing is fetched."""
    from generator.errors import GeneratorError
    from generator.usecases.sources import list_sources
    from generator.workspace import open_workspace

    try:
        return list_sources(open_workspace(context.params.get("workspace") or Path()))
    except GeneratorError:
        return ()


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
