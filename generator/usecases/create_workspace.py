"""Creates a workspace: rendered, wired, locked and committed, or nothing."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator import git
from generator.catalog import read_catalog
from generator.errors import DestinationRefusedError
from generator.files import cannot_write, put_in_place
from generator.naming import parse_name
from generator.rendering.questions import check_answers, read_questions
from generator.rendering.render import render
from generator.sources.export import exported
from generator.sources.model import TemplateSource
from generator.sources.own import find_source
from generator.usecases.events import Teller
from generator.usecases.locking import make_lock
from generator.usecases.selection import first_service
from generator.usecases.wiring_files import plan_sync, write_sync
from generator.workspace import WORKSPACE_TEMPLATE, Workspace

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
        files: relative to the workspace's root.
        first: the words of a first service to make in it.
    """

    workspace: Workspace
    files: tuple[str, ...]
    first: str


def create_workspace(wanted: NewWorkspace, tell: Teller) -> CreatedWorkspace:
    """Make the folder `name` below `parent`, a git repository with one commit.

    Raises:
        UsageError: for a name, an answer or a destination that cannot be taken.
        MissingPrerequisiteError: when git or uv is missing, or the index cannot be reached.
        GeneratorError: when rendering fails. In each case nothing was written.
    """
    git.ensure_git()
    name = parse_name(wanted.name)
    if name.changed:
        tell(f"The workspace is named {name}: names have dashes.")
    destination = wanted.parent.resolve() / name.value
    _refuse_occupied(destination)
    source = find_source(dev=wanted.dev)
    with exported(source) as root, _staging(destination) as folder:
        staged = _rendered(wanted, source, root, folder / name.value)
        first = first_service(read_catalog(root))
        files = tuple(
            sorted(
                path.relative_to(staged.root).as_posix()
                for path in staged.root.rglob("*")
                if path.is_file()
            )
        )
        if not wanted.dry_run:
            if wanted.lock:
                make_lock(staged.root)
            git.init_with_commit(staged.root, f"Create the workspace {name}")
            put_in_place(staged.root, destination)
    workspace = Workspace(root=destination, name=name.value)
    return CreatedWorkspace(workspace=workspace, files=files, first=first)


def _rendered(wanted: NewWorkspace, source: TemplateSource, root: Path, folder: Path) -> Workspace:
    given = check_answers(read_questions(root, WORKSPACE_TEMPLATE), wanted.data)
    data = {**given, "template": WORKSPACE_TEMPLATE, "workspace_name": folder.name}
    render(source, root, data, folder)
    workspace = Workspace(root=folder, name=folder.name)
    write_sync(workspace, plan_sync(workspace))
    return workspace


def _refuse_occupied(destination: Path) -> None:
    if os.path.lexists(destination):
        raise DestinationRefusedError(
            f"{destination} is there already.", hint="Choose another name or another folder."
        )
    if not destination.parent.is_dir():
        raise DestinationRefusedError(
            f"{destination.parent} is not a folder.", hint="Make it first, or choose another."
        )


@contextmanager
def _staging(destination: Path) -> Iterator[Path]:
    """A folder beside the destination; those that killed runs left are removed."""
    prefix = f"{_STAGING}{destination.name}-"
    for left in destination.parent.glob(f"{prefix}*"):
        if not _is_alive(left.name.removeprefix(prefix)):
            shutil.rmtree(left, ignore_errors=True)
    folder = destination.parent / f"{prefix}{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as error:
        raise cannot_write(destination.parent, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
