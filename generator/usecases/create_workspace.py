"""Creates a workspace: rendered, wired, locked and committed, or nothing."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from generator import git
from generator.catalog import read_catalog
from generator.changes import ChangeSet, Write, apply, writes_of
from generator.errors import DestinationRefusedError, NotAWorkspaceError
from generator.files import put_in_place, staging_folder, sweep_folders
from generator.naming import parse_name
from generator.rendering.questions import check_answers, read_questions
from generator.rendering.render import render
from generator.sources.export import exported
from generator.sources.model import TemplateSource
from generator.sources.own import find_source
from generator.usecases.reporter import Reporter
from generator.usecases.selection import first_service
from generator.usecases.uv_lock import make_lock
from generator.usecases.wiring_files import plan_sync, secrets_entries
from generator.workspace import WORKSPACE_TEMPLATE, Workspace, open_workspace

# How the names of the folders begin that it is made in, beside its own.
_STAGING = ".generator-init-"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewWorkspace:
    """What a person asked for.

    Attributes:
        name: the workspace's name as typed; also its folder's.
        parent: the folder to make it in.
        data: further answers by key; what is left out takes its default.
        dev: take the templates as they stand, uncommitted changes included.
        lock: whether uv.lock is made.
        dry_run: whether to stop before anything is written.
    """

    name: str
    parent: Path
    data: Mapping[str, object]
    dev: bool = False
    lock: bool = True
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CreatedWorkspace:
    """What was made, or would be.

    Attributes:
        changes: everything that comes with it.
        first: the words of a first service to make in it.
    """

    workspace: Workspace
    changes: ChangeSet
    first: str


def create_workspace(request: NewWorkspace, report: Reporter) -> CreatedWorkspace:
    """Make the folder `name` below `parent`, a git repository with one commit.

    Raises:
        UsageError: for a name, an answer or a destination that cannot be taken.
        MissingPrerequisiteError: when git or uv is missing, or the index cannot be reached.
        GeneratorError: when rendering fails. In each case nothing was written.
    """
    git.ensure_git()
    name = parse_name(request.name)
    if name.changed:
        report(f"The workspace is named {name}: names have dashes.")
    destination = request.parent.resolve() / name.value
    _refuse_occupied(destination)
    source = find_source(dev=request.dev)
    with exported(source) as root:
        first = first_service(read_catalog(root))
        if request.dry_run:
            with tempfile.TemporaryDirectory(prefix="generator-") as scratch:
                changes = _prepared(request, source, root, Path(scratch) / name.value)
        else:
            sweep_folders(destination.parent, _STAGING)
            with staging_folder(destination.parent, _STAGING) as folder:
                changes = _made(request, source, root, folder / name.value)
                put_in_place(folder / name.value, destination)
    workspace = Workspace(root=destination, name=name.value)
    return CreatedWorkspace(workspace=workspace, changes=changes, first=first)


def _made(request: NewWorkspace, source: TemplateSource, root: Path, folder: Path) -> ChangeSet:
    """The whole workspace in a folder aside; what is committed is what will be there."""
    changes = _prepared(request, source, root, folder)
    lock: tuple[Write, ...] = ()
    if request.lock:
        lock_file = make_lock(folder)
        lock = (Write(path=lock_file.name, content=lock_file.read_bytes()),)
    git.init_with_commit(folder, f"Create the workspace {folder.name}")
    return ChangeSet.of(changes.title, (*changes.entries, *lock))


def _prepared(request: NewWorkspace, source: TemplateSource, root: Path, folder: Path) -> ChangeSet:
    """The workspace rendered and wired in a folder aside, and all of its files."""
    given = check_answers(read_questions(root, WORKSPACE_TEMPLATE), request.data)
    data = {**given, "template": WORKSPACE_TEMPLATE, "workspace_name": folder.name}
    render(source, root, data, folder)
    workspace = Workspace(root=folder, name=folder.name)
    plan = plan_sync(workspace)
    title = f"init {folder.name}"
    wired = ChangeSet.of(title, (*plan.changes.entries, *secrets_entries(workspace, plan.wiring)))
    rendered = [write for write in writes_of(folder) if write.path not in wired.paths]
    apply(folder, wired, undoable=False)
    new = (replace(entry, expects=None) for entry in wired.entries if isinstance(entry, Write))
    return ChangeSet.of(title, (*rendered, *new))


def _refuse_occupied(destination: Path) -> None:
    if os.path.lexists(destination):
        raise DestinationRefusedError(
            f"{destination} is there already.", hint="Choose another name or another folder."
        )
    if not destination.parent.is_dir():
        raise DestinationRefusedError(
            f"{destination.parent} is not a folder.", hint="Make it first, or choose another."
        )
    _refuse_nested(destination)


def _refuse_nested(destination: Path) -> None:
    """A repository within another one is committed by neither, and uv takes the outer workspace."""
    try:
        outer = open_workspace(destination.parent)
    except NotAWorkspaceError:
        pass
    else:
        raise DestinationRefusedError(
            f"{destination} would be inside the workspace {outer.name}.",
            hint="Add a service to that one with `generator new-service`, or go elsewhere.",
        )
    if around := git.enclosing_repository(destination):
        raise DestinationRefusedError(
            f"{destination} would be a repository inside the one in {around}.",
            hint="Go elsewhere, or have that one ignore it: "
            f"echo /{destination.relative_to(around)}/ >> {around}/.gitignore",
        )
