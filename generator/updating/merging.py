"""Merges what templates changed with what people changed, for all projects in one pass.

The base of the merge is the last commit with each project's folder as its old version renders it,
the template's side is the same with the new version; what people did is the difference between the
base and the last commit. So renames of either side are followed and nothing of a work tree is read.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.answers import ANSWERS_FILE
from generator.git.scratch import THEIRS, Blob, Merge, ScratchRepository, Tree
from generator.updating.model import FileOutcome, MergePlan, Outcome, Project
from generator.workspace import SERVICES, WIRING

# By the stages that are there: 1 is the base, 2 yours, 3 the template's.
_BY_STAGES: Mapping[frozenset[int], str] = {
    frozenset({1, 2}): "you changed it, the template removed it",
    frozenset({1, 3}): "the template changed it, you have a link or a folder in its place",
    frozenset({2, 3}): "you and the template added it with different contents",
}
_BY_KIND: Mapping[str, str] = {
    "CONFLICT (binary)": "you and the template changed a file that has no lines",
    "CONFLICT (rename/delete)": "one side renamed it, the other removed it",
    "CONFLICT (rename/rename)": "you and the template gave it different names",
    "CONFLICT (file/directory)": "one side has a file where the other has a folder",
    "CONFLICT (distinct modes)": "one side has a file where the other has a link",
}


def plan_merge(scratch: ScratchRepository, head: str, projects: Sequence[Project]) -> MergePlan:
    """Merge the new versions of these projects into the tree of the last commit.

    Args:
        scratch: where the merge is done; it knows the objects of the workspace.
        head: the tree of the last commit, from the workspace's root on.
        projects: what is updated; folders that contain each other are told apart.
    """
    ours = scratch.read_tree(head)
    base, theirs = dict(ours), dict(ours)
    for project in projects:
        for side, folder in ((base, project.old), (theirs, project.new)):
            rendered = scratch.add_folder(folder)
            for path in [path for path in side if _belongs(path, project)]:
                del side[path]
            side |= {_below(project, path): blob for path, blob in rendered.items()}
        # The record of where a project came from is not edited, it is rewritten.
        record = _below(project, ANSWERS_FILE)
        if record in ours:
            base[record] = ours[record]
    merge = scratch.merge(base=base, ours=ours, theirs=theirs)
    return _sorted_out(_Sides(base, ours, theirs, scratch.renames(base, theirs)), merge)


def _belongs(path: str, project: Project) -> bool:
    """Whether a path is the project's to render: the workspace leaves the services' to them."""
    if project.folder:
        return path.startswith(f"{project.folder}/")
    return path.split("/", 1)[0] not in {SERVICES, WIRING}


def _below(project: Project, path: str) -> str:
    return f"{project.folder}/{path}" if project.folder else path


@dataclass(frozen=True, slots=True)
class _Sides:
    """The three trees of the merge, and which files the template renamed: old names by new."""

    base: Tree
    ours: Tree
    theirs: Tree
    renames: Mapping[str, str]


def _sorted_out(sides: _Sides, merge: Merge) -> MergePlan:
    after = dict(merge.tree)
    stages = {path: dict(found) for path, found in merge.stages.items()}
    # What a person has deleted stays deleted, however the template goes on with it.
    folders = {above for path in sides.ours for above in _above(path)}
    kept_away = [
        path
        for path, found in stages.items()
        if set(found) == {1, 3} and _is_deleted(path, sides, folders)
    ]
    for path in kept_away:
        after.pop(path, None)
        del stages[path]
    said = {
        path: message.kind
        for message in merge.messages
        if message.is_conflict
        for path in message.paths
    }
    files = {path: _conflict(path, found, said.get(path, "")) for path, found in stages.items()}
    deleted = "you deleted it; the template changed it"
    files |= {path: _file(path, Outcome.KEPT, deleted) for path in kept_away}
    for file in _settled(sides, after):
        files.setdefault(file.path, file)
    return MergePlan(
        before=sides.ours,
        after=after,
        files=tuple(files[path] for path in sorted(files)),
        stages=stages,
    )


def _is_deleted(path: str, sides: _Sides, folders: Collection[str]) -> bool:
    """Whether a person has deleted a file, rather than put a link or a folder in its place."""
    named = path.removesuffix(f"~{THEIRS}")
    names = {path, named, sides.renames.get(named, named)}
    return not any(name in sides.ours or name in folders for name in names)


def _above(path: str) -> Iterator[str]:
    """The folders above a path."""
    while path := path.rpartition("/")[0]:
        yield path


def _conflict(path: str, found: Mapping[int, Blob], kind: str) -> FileOutcome:
    reason = _BY_KIND.get(kind) or _BY_STAGES.get(
        frozenset(found), "you and the template changed the same lines"
    )
    return _file(path, Outcome.CONFLICT, reason)


def _settled(sides: _Sides, after: Tree) -> Iterator[FileOutcome]:
    """What becomes of each file that no person has to decide about."""
    gone = {path for path in sides.ours if path not in after}
    for path in sorted({*sides.base, *sides.theirs, *after}):
        was, mine, new = (tree.get(path) for tree in (sides.base, sides.ours, sides.theirs))
        now = after.get(path)
        if now == mine:
            if mine is not None and was not in {new, mine}:
                yield _file(path, Outcome.KEPT, "the template changed it as you had")
        elif now is None:
            continue  # it has another name now, or is told of at the end
        elif mine is not None:
            outcome = Outcome.UPDATED if mine == was else Outcome.MERGED
            yield _file(path, outcome, _REASONS[outcome])
        elif (origin := sides.renames.get(path, "")) in gone:
            gone.discard(origin)
            yield _renamed(path, origin, edited=sides.ours[origin] != sides.base.get(origin))
        else:
            yield _file(path, Outcome.ADDED, _REASONS[Outcome.ADDED])
    for path in sorted(gone):
        yield _file(path, Outcome.REMOVED, _REASONS[Outcome.REMOVED])


_REASONS: Mapping[Outcome, str] = {
    Outcome.ADDED: "the template added it",
    Outcome.UPDATED: "the template changed it",
    Outcome.MERGED: "you and the template changed different lines",
    Outcome.REMOVED: "the template removed it",
}


def _renamed(path: str, origin: str, *, edited: bool) -> FileOutcome:
    reason = "the template renamed it" + ("; your changes came along" if edited else "")
    return FileOutcome(path=path, outcome=Outcome.RENAMED, reason=reason, renamed_from=origin)


def _file(path: str, outcome: Outcome, reason: str) -> FileOutcome:
    return FileOutcome(path=path, outcome=outcome, reason=reason)
