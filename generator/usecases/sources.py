"""An organisation's own template repositories: named by a workspace, trusted by a person."""

from dataclasses import dataclass, replace
from pathlib import Path

from generator.catalog import Catalog, read_catalog
from generator.changes import ChangeSet, apply, rewrite
from generator.errors import (
    ConflictError,
    TemplateError,
    UnreadableAnswersError,
    UntrustedSourceError,
    UsageError,
)
from generator.files import read_below
from generator.git.remotes import is_tag
from generator.sources.export import exported
from generator.sources.mirror import (
    default_ref,
    find_commit,
    known_mirror,
    mirror_of,
    newest_release,
    refresh,
)
from generator.sources.model import TemplateSource
from generator.sources.record import (
    SourceRecord,
    parse_source_name,
    read_sources,
    with_source,
    without_source,
)
from generator.sources.trust import distrust, is_trusted, trust
from generator.sources.versions import version_at
from generator.template_url import TemplateUrl
from generator.usecases.reporter import Reporter
from generator.usecases.workspace_lock import workspace_lock
from generator.workspace import Workspace

_PYPROJECT = "pyproject.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class AddedSource:
    """A source as it is recorded now, the record that it replaced, and what it offers."""

    record: SourceRecord
    before: SourceRecord | None
    version: str
    catalog: Catalog


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedSource:
    """A source of the workspace as this machine sees it.

    Attributes:
        record: what the workspace says.
        trusted: whether this person trusts its address.
        version: its version in words; empty when this machine has no copy of it.
        newest: the newest release that this machine has heard of; empty when none.
        templates: what it offers at that version; empty when this machine has no copy of it.
        services: the services that were rendered from it.
    """

    record: SourceRecord
    trusted: bool
    version: str = ""
    newest: str = ""
    templates: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


def add_source(
    workspace: Workspace, name: str, url: str, *, ref: str = "", report: Reporter
) -> AddedSource:
    """Fetch a template repository, note that this person trusts it, and record its version.

    Adding it again with another `ref` moves it to that version.

    Args:
        workspace: whose `pyproject.toml` names it from now on.
        name: what stands before the slash in `new-service acme/django`.
        url: its address as git takes it.
        ref: a tag or branch; empty means its newest release, else its default branch.
        report: hears what takes its time.

    Raises:
        UsageError: for a name, an address or a version that cannot be taken.
        ConflictError: when the name stands for another address already.
        UntrustedSourceError: when a tag names another commit than when it was recorded.
        SourceUnreachableError: when it cannot be fetched.
        TemplateError: when it holds no templates, or files that lead out of it.
        ManifestError: when one of its manifests does not hold.
    """
    name, address = parse_source_name(name), _address(url)
    before = next((each for each in sources_of(workspace) if each.name == name), None)
    if before and before.url != address:
        raise ConflictError(
            f"{name} stands for {before.url} here.",
            hint=f"Choose another name, or run `generator source remove {name}` first.",
        )
    report(f"Fetching {address}.")
    mirror = refresh(address)
    wanted = ref or default_ref(mirror)
    source = version_at(mirror, address, wanted)
    if before and before.ref == wanted and is_tag(mirror, wanted):
        _refuse_moved(before, source.commit)
    with exported(source) as root:
        catalog = read_catalog(root)
    if not catalog.templates:
        raise TemplateError(f"{address} has no service template at {source.version}.")
    record = SourceRecord(name=name, url=address, ref=_spelled(wanted), commit=source.commit)
    with workspace_lock(workspace, report):
        _write(workspace, with_source(_pyproject(workspace), record), f"source add {name}")
    trust(address)
    return AddedSource(record=record, before=before, version=source.version, catalog=catalog)


def trust_source(workspace: Workspace, name: str) -> SourceRecord:
    """Note that this person trusts the address that the workspace names. Raises `UsageError`."""
    record = source_named(workspace, name)
    trust(record.url)
    return record


def remove_source(workspace: Workspace, name: str, report: Reporter) -> ListedSource:
    """Take a source out of the workspace, and this person's trust in it back.

    Services that were rendered from it stay as they are.

    Raises:
        UsageError: when there is no such source.
    """
    listed = _listed(workspace, source_named(workspace, name))
    with workspace_lock(workspace, report):
        _write(workspace, without_source(_pyproject(workspace), name), f"source remove {name}")
    distrust(listed.record.url)
    return listed


def list_sources(workspace: Workspace) -> tuple[ListedSource, ...]:
    """The sources of a workspace, by name; nothing is fetched."""
    return tuple(_listed(workspace, record) for record in sources_of(workspace))


def sources_of(workspace: Workspace) -> tuple[SourceRecord, ...]:
    """The sources that a workspace names, by name. Raises `UnreadableAnswersError`."""
    return read_sources(_pyproject(workspace), where=str(workspace.root / _PYPROJECT))


def source_named(workspace: Workspace, name: str) -> SourceRecord:
    """One source of a workspace.

    Raises:
        UsageError: when there is none of this name.
    """
    records = sources_of(workspace)
    for record in records:
        if record.name == name:
            return record
    known = ", ".join(record.name for record in records) or "none yet"
    raise UsageError(
        f"There is no source {name!a} here.",
        hint=f"Sources: {known}. Add one with `generator source add NAME URL`.",
    )


def recorded_version(workspace: Workspace, name: str) -> TemplateSource:
    """The version of a source that the workspace has recorded, ready to be exported.

    Raises:
        UsageError: when there is no such source.
        UntrustedSourceError: when this person has not said that they trust it, or its recorded
            version is gone from it.
        SourceUnreachableError: when it has to be fetched and cannot be.
    """
    record = source_named(workspace, name)
    if not is_trusted(record.url):
        raise UntrustedSourceError(
            f"The templates of {name} at {record.url} are not trusted on this machine.",
            hint=f"If you know whose they are: generator source trust {name}",
        )
    mirror = mirror_of(record.url)
    if not find_commit(mirror, record.commit):
        mirror = refresh(record.url)
    if not find_commit(mirror, record.commit):
        raise UntrustedSourceError(
            f"{record.url} no longer has {record.commit[:12]}, which {name} is recorded at.",
            hint=f"Its history was rewritten. Look at it, then: generator source add {name} "
            f"{record.url}",
        )
    return version_at(mirror, record.url, record.commit)


def fetched_version(record: SourceRecord) -> TemplateSource | None:
    """The recorded version of a source, if this machine has a copy of it; nothing is fetched."""
    mirror = known_mirror(record.url)
    if mirror is None or not find_commit(mirror, record.commit):
        return None
    return version_at(mirror, record.url, record.commit)


def _refuse_moved(before: SourceRecord, commit: str) -> None:
    if before.commit != commit:
        raise UntrustedSourceError(
            f"The tag {before.ref} of {before.name} named {before.commit[:12]} and now names "
            f"{commit[:12]}.",
            hint="A release does not change. Ask its owners; to take it all the same: "
            f"generator source remove {before.name}, then add it again.",
        )


def _address(url: str) -> str:
    if url.startswith("-") or not url.strip():
        raise UsageError(f"{url!a} is no address of a repository.")
    address = TemplateUrl.parse(url, base=Path.cwd())
    if not address.is_remote and not Path(address.value).exists():
        raise UsageError(
            f"{address} is not there.", hint="Give the address of a git repository, or its folder."
        )
    return str(address)


def _spelled(ref: str) -> str:
    return "HEAD" if ref.startswith("refs/") else ref


def _listed(workspace: Workspace, record: SourceRecord) -> ListedSource:
    services = tuple(
        answers.service_name for answers in workspace.services() if answers.source == record.url
    )
    listed = ListedSource(record=record, trusted=is_trusted(record.url), services=services)
    source = fetched_version(record)
    if source is None:
        return listed
    with exported(source) as root:
        offered = tuple(spec.name for spec in read_catalog(root).templates)
    newest = newest_release(source.root)
    return replace(listed, version=source.version, newest=newest, templates=offered)


def _write(workspace: Workspace, text: str, title: str) -> None:
    entry = rewrite(workspace.root, _PYPROJECT, text.encode())
    apply(workspace.root, ChangeSet.of(title, [entry]))


def _pyproject(workspace: Workspace) -> str:
    content = read_below(workspace.root, _PYPROJECT) or b""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise UnreadableAnswersError(
            f"{workspace.root / _PYPROJECT} is not UTF-8: {error}.", hint="Restore it from git."
        ) from error
