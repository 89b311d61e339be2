"""Shows what people changed in a rendered project, and what its template would change."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from generator.answers import ANSWERS_FILE
from generator.changes import ChangeSet
from generator.git.index import listed_files
from generator.updating.model import Project
from generator.usecases.rendered import (
    WORKSPACE,
    Rendered,
    located_projects,
    render_current,
    rendered_projects,
)
from generator.usecases.staged import file_entries
from generator.uv import LOCK_FILE
from generator.workspace import SERVICES, WIRING, Workspace

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Two states of a project's files.

    Attributes:
        project: the service, or the workspace.
        before: a folder with the files that are compared with, laid out as the workspace.
        changes: what leads from there to the others.
    """

    project: Rendered
    before: Path
    changes: ChangeSet


def own_changes(
    workspace: Workspace, name: str, show: Callable[[Difference], T], *, dev: bool = False
) -> T:
    """What people changed in a project since it was rendered, files of their own included.

    Args:
        workspace: read.
        name: a service, or `workspace` for its own files.
        show: sees the difference while both sides are there.
        dev: take our templates as they stand.

    Raises:
        UsageError: for a name or a recorded version that there is not.
        TemplateError: when that version cannot be rendered any more.
    """
    [project] = located_projects(workspace, names=[name], to="", dev=dev)
    with tempfile.TemporaryDirectory(prefix="generator-") as aside:
        before = Path(aside) / "before"
        _render(workspace, project, before)
        paths = {*_paths(before), *_listed(workspace, project)}
        entries = file_entries(before, workspace.root, paths)
        return show(
            Difference(
                project=project, before=before, changes=ChangeSet.of(f"diff {name}", entries)
            )
        )


def template_changes(
    workspace: Workspace,
    name: str,
    show: Callable[[Difference], T],
    *,
    to: str = "",
    dev: bool = False,
) -> T:
    """What a newer version of the template changes, whatever people have made of its files.

    Raises what `own_changes` raises.
    """
    [project] = located_projects(workspace, names=[name], to=to, dev=dev)
    with tempfile.TemporaryDirectory(prefix="generator-") as aside:
        [sides], _ = rendered_projects(workspace, [project], Path(aside))
        before, after = (Path(aside) / side for side in ("before", "after"))
        _lay_out(sides, before, after)
        entries = file_entries(before, after, {*_paths(before), *_paths(after)})
        changes = ChangeSet.of(f"diff {name} --template", entries)
        return show(Difference(project=project, before=before, changes=changes))


def _render(workspace: Workspace, project: Rendered, before: Path) -> None:
    folder = before / project.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    render_current(workspace, project, folder)


def _lay_out(sides: Project, before: Path, after: Path) -> None:
    for rendered, folder in ((sides.old, before), (sides.new, after)):
        place = folder / sides.folder
        place.parent.mkdir(parents=True, exist_ok=True)
        rendered.rename(place)


def _paths(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        # How the answers are written down is no edit of anybody's.
        if path.name != ANSWERS_FILE and (path.is_symlink() or not path.is_dir()):
            yield path.relative_to(folder).as_posix()


def _listed(workspace: Workspace, project: Rendered) -> Iterator[str]:
    """The project's files that git knows, or would take."""
    for path in listed_files(workspace.root):
        if project.name == WORKSPACE:
            mine = path.split("/", 1)[0] not in {SERVICES, WIRING}
        else:
            mine = path.startswith(f"{project.folder}/")
        if mine and Path(path).name not in {ANSWERS_FILE, LOCK_FILE}:
            yield path
