"""A repository beside a person's own: it reads their commits and keeps what it makes to itself.

Trees are merged here without touching a work tree, an index or the objects of the other one, and
without its configuration: a merge driver or a filter of theirs is not run.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from generator.git import run_git

_AUTHOR = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "generator"), ("EMAIL", "generator@localhost"))
}
# As many as a large workspace has files that moved: past the limit git stops to look for renames.
_RENAMES = ("-c", "merge.renameLimit=20000", "-c", "merge.renames=true")
_MARKERS = ("-c", "merge.conflictStyle=diff3")
_HAS_CONFLICTS = 1
_SHA1_DIGITS = 40
# What stands behind the markers of a conflict, and in the names of files that had to make way.
OURS, THEIRS = "yours", "template"


@dataclass(frozen=True, kw_only=True, slots=True)
class Blob:
    """A file or a link in a tree: git's mode for it, and its content's object."""

    mode: str
    object_id: str


Tree: TypeAlias = Mapping[str, Blob]


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What git says of a merge: the paths, a stable word for the kind, and a sentence."""

    paths: tuple[str, ...]
    kind: str
    text: str

    @property
    def is_conflict(self) -> bool:
        """Whether a person has to decide."""
        return self.kind.startswith("CONFLICT")


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """The result of a merge.

    Attributes:
        tree: what came out; a file in conflict holds both sides with markers between them.
        stages: of each path in conflict, the versions by stage: 1 base, 2 ours, 3 theirs.
        messages: what git says of it.
    """

    tree: Tree
    stages: Mapping[str, Mapping[int, Blob]]
    messages: tuple[Message, ...]


class ScratchRepository:
    """Reads and merges trees of another repository; make one with `scratch_beside`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read_tree(self, tree_id: str) -> dict[str, Blob]:
        """Every file and link of a tree, by path."""
        found = {}
        listed = run_git("ls-tree", "-r", "-z", tree_id, cwd=self._folder)
        for line in filter(None, listed.split("\0")):
            facts, _, path = line.partition("\t")
            mode, _, object_id = facts.split(" ")
            found[path] = Blob(mode=mode, object_id=object_id)
        return found

    def add_folder(self, folder: Path) -> dict[str, Blob]:
        """Every file and link of a folder, whatever its .gitignore says, by path."""
        with self._index() as index:
            variables = index | {"GIT_WORK_TREE": str(folder)}
            run_git("add", "--all", "--force", ".", cwd=folder, variables=variables)
            return self.read_tree(run_git("write-tree", cwd=self._folder, variables=index))

    def add_work_tree(self, root: Path) -> dict[str, Blob]:
        """Every file and link that the repository around `root` has or would take, by path.

        They are read as they stand, committed or not.
        """
        listed = run_git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=root)
        # A repository inside that is no submodule ends with a slash.
        paths = {p for p in listed.split("\0") if p and p[-1] != "/" and os.path.lexists(root / p)}
        with self._index() as index:
            run_git(
                "update-index", "--add", "-z", "--stdin",
                cwd=root, variables=index | {"GIT_WORK_TREE": str(root)},
                stdin="".join(f"{path}\0" for path in sorted(paths)),
            )  # fmt: skip
            return self.read_tree(run_git("write-tree", cwd=self._folder, variables=index))

    def write_tree(self, tree: Tree) -> str:
        """The object of a tree with these files."""
        lines = (f"{blob.mode} {blob.object_id}\t{path}\0" for path, blob in tree.items())
        with self._index() as index:
            run_git(
                "update-index", "-z", "--index-info",
                cwd=self._folder, variables=index, stdin="".join(lines),
            )  # fmt: skip
            return run_git("write-tree", cwd=self._folder, variables=index)

    def merge(self, *, base: Tree, ours: Tree, theirs: Tree) -> Merge:
        """Merge what both sides made of `base`; renames of either are followed."""
        before = self._commit(base)
        for side, name in ((ours, OURS), (theirs, THEIRS)):
            run_git(
                "update-ref", f"refs/heads/{name}", self._commit(side, parent=before),
                cwd=self._folder,
            )  # fmt: skip
        said = run_git(
            *_RENAMES, *_MARKERS, "merge-tree", "--write-tree", "--messages", "-z", OURS, THEIRS,
            cwd=self._folder, fine=(0, _HAS_CONFLICTS),
        )  # fmt: skip
        return self._parsed(said)

    def renames(self, before: Tree, after: Tree) -> dict[str, str]:
        """The files that moved between two trees: the old name by the new one."""
        trees = (self.write_tree(before), self.write_tree(after))
        said = run_git(
            "diff-tree", "-r", "-z", "-M", "-l20000", "--name-status", "--diff-filter=R", *trees,
            cwd=self._folder,
        )  # fmt: skip
        words = said.split("\0")[:-1]
        return dict(zip(words[2::3], words[1::3], strict=True))

    def check_out(self, tree: Tree, destination: Path) -> None:
        """Write the tree's files below a folder, which is made."""
        tree_id = self.write_tree(tree)
        with self._index() as index:
            run_git("read-tree", tree_id, cwd=self._folder, variables=index)
            destination.mkdir(parents=True, exist_ok=True)
            there = index | {"GIT_WORK_TREE": str(destination)}
            run_git("checkout-index", "--all", "--quiet", cwd=destination, variables=there)

    def _commit(self, tree: Tree, parent: str = "") -> str:
        words = ["commit-tree", self.write_tree(tree), "-m", "scratch"]
        return run_git(
            *words, *(("-p", parent) if parent else ()), cwd=self._folder, variables=_AUTHOR
        )

    def _parsed(self, said: str) -> Merge:
        """Read the output of `git merge-tree -z`: the tree, the stages, the messages."""
        words = iter(said.split("\0"))
        tree = self.read_tree(next(words))
        stages: dict[str, dict[int, Blob]] = {}
        for word in words:
            if not word:
                break
            facts, _, path = word.partition("\t")
            mode, object_id, stage = facts.split(" ")
            stages.setdefault(path, {})[int(stage)] = Blob(mode=mode, object_id=object_id)
        messages = []
        for count in words:
            if not count:
                break
            paths = tuple(next(words) for _ in range(int(count)))
            messages.append(Message(paths=paths, kind=next(words), text=next(words).strip()))
        return Merge(tree=tree, stages=stages, messages=tuple(messages))

    @contextmanager
    def _index(self) -> Iterator[dict[str, str]]:
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            yield {"GIT_DIR": str(self._folder), "GIT_INDEX_FILE": f"{folder}/index"}


@contextmanager
def scratch_beside(root: Path) -> Iterator[ScratchRepository]:
    """A scratch repository that knows every commit of the one around `root`."""
    objects = Path(run_git("rev-parse", "--git-path", "objects", cwd=root))
    with tempfile.TemporaryDirectory(prefix="generator-merge-") as name:
        folder = Path(name)
        hashes = run_git("rev-parse", "--show-object-format", cwd=root)
        run_git("init", "--quiet", "--bare", "--template=", f"--object-format={hashes}", cwd=folder)
        alternates = folder / "objects/info/alternates"
        alternates.parent.mkdir(parents=True, exist_ok=True)
        alternates.write_text(f"{(root / objects).resolve()}\n", encoding="utf-8")
        yield ScratchRepository(folder)


def head_tree(root: Path) -> str:
    """The tree of the last commit, from the folder `root` on.

    Raises:
        GitError: when there is no commit yet.
    """
    prefix = run_git("rev-parse", "--show-prefix", cwd=root)
    return run_git("rev-parse", "--verify", f"HEAD:{prefix}".rstrip("/"), cwd=root)


def committed_paths(root: Path, paths: Iterable[str]) -> frozenset[str]:
    """Those of the paths below `root` that are in the last commit byte for byte.

    Files are compared by their content alone: `git status` would run filters of the repository.

    Raises:
        GitError: when there is no commit yet.
    """
    listed = run_git("ls-tree", "-r", "-z", "HEAD", ".", cwd=root)
    committed = {}
    for line in filter(None, listed.split("\0")):
        facts, _, path = line.partition("\t")
        committed[path] = facts.split(" ")[2]
    return frozenset(
        path for path in paths if path in committed and _is_object(root / path, committed[path])
    )


def _is_object(path: Path, committed: str) -> bool:
    """Whether a file's content is that object."""
    content = os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
    # SHA-1 names objects and protects nothing here; a repository may use SHA-256 instead.
    named = hashlib.sha1 if len(committed) == _SHA1_DIGITS else hashlib.sha256
    return named(b"blob %d\0" % len(content) + content).hexdigest() == committed
