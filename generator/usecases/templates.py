"""Opens templates at their version: this generator's own, or those of a workspace's sources."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.answers import ANSWERS_FILE, read_mapping
from generator.catalog import Catalog, TemplateSpec, read_catalog
from generator.errors import UsageError
from generator.sources.export import exported
from generator.sources.model import TemplateSource
from generator.sources.own import find_source
from generator.usecases.sources import fetched_version, recorded_version, source_named
from generator.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedTemplate:
    """A template: its version, that version's files and facts, and its own facts."""

    source: TemplateSource
    root: Path
    catalog: Catalog
    spec: TemplateSpec


@contextmanager
def opened_template(
    workspace: Workspace, text: str, *, dev: bool = False
) -> Iterator[OpenedTemplate]:
    """A template as a person names it: a bare name of ours, `acme/django` of the source `acme`.

    Args:
        workspace: whose sources are meant.
        text: the name.
        dev: take our own templates as they stand, uncommitted changes included.

    Raises:
        UsageError: when there is no such template or source.
        UntrustedSourceError: when the source is not trusted, or our own templates have
            uncommitted changes and `dev` is off.
        ManifestError: when a manifest does not hold.
    """
    source = source_of(workspace, text, dev=dev)
    with exported(source) as root:
        catalog = read_catalog(root)
        spec = catalog.template(text.rpartition("/")[2])
        yield OpenedTemplate(source=source, root=root, catalog=catalog, spec=spec)


def source_of(workspace: Workspace, text: str, *, dev: bool = False) -> TemplateSource:
    """The version that a template's name, as a person gives it, is taken from.

    Raises what `opened_template` raises of sources.
    """
    source_name, in_source, _ = text.rpartition("/")
    if in_source:
        return recorded_version(workspace, source_name)
    return find_source(dev=dev, workspace_url=_recorded_url(workspace))


def own_catalog() -> Catalog:
    """The service templates of the version that belongs to this generator.

    Raises:
        ManifestError: when one of their manifests does not hold.
    """
    with exported(find_source(dev=True)) as root:
        return read_catalog(root)


def known_template(workspace: Workspace, text: str) -> TemplateSpec:
    """The facts of a template of a source, `acme/django`, without fetching anything.

    Raises:
        UsageError: when there is no such template or source, or no copy of it on this machine.
        ManifestError: when a manifest does not hold.
    """
    source_name, _, name = text.partition("/")
    source = fetched_version(source_named(workspace, source_name))
    if source is None:
        raise UsageError(f"This machine has no copy of {source_name}.")
    with exported(source) as root:
        return read_catalog(root).template(name)


def _recorded_url(workspace: Workspace) -> str:
    return str(read_mapping(workspace.root / ANSWERS_FILE).get("_src_path", ""))
