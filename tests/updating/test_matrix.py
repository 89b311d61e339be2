"""Every kind of change of a person meets every kind of change of a template; none is lost.

All pairs are files of one service: one update merges them all.
"""

import random
import stat
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.errors import ConflictError, DestinationRefusedError
from generator.usecases.pending_update import pending_update
from generator.usecases.sync import sync_workspace
from generator.usecases.update import PlannedUpdate, UpdateRequest, update_workspace
from tests.support.checkout import git
from tests.support.tiny import SERVICE, Tiny, write

MINE = (
    "nothing", "far", "same", "delete", "rename", "rename-edit", "mode", "binary", "add", "folder",
    "link", "endings",
)  # fmt: skip
THEIRS = (
    "nothing", "edit", "delete", "rename", "rename-edit", "mode", "binary", "add", "folder",
    "link", "endings",
)  # fmt: skip
LINKS = "_preserve_symlinks: true\n"
Tree = dict[str, bytes | str]


@dataclass(frozen=True)
class Case:
    """One pair of changes, in a folder of its own."""

    mine: str
    theirs: str

    @property
    def folder(self) -> str:
        return f"{self.mine}/{self.theirs}"

    @property
    def name(self) -> str:
        return f"{self.folder}/file.txt"

    @property
    def is_added(self) -> bool:
        """Whether the file comes only with a change."""
        return "add" in (self.mine, self.theirs)

    def token(self, side: str) -> str:
        return f"{side} {self.mine} {self.theirs}"

    def base(self) -> bytes:
        """A text like that of no other case, or git takes one for the other's new name."""
        if "binary" in (self.mine, self.theirs):
            return random.Random(self.folder).randbytes(400)  # noqa: S311 - no secret
        chosen = random.Random(self.folder)  # noqa: S311 - no secret
        return "".join(f"{chosen.random()} {number}\n" for number in range(30)).encode()

    def changed(self, kind: str, side: str) -> tuple[Tree, set[str]]:
        """The files that a side has after its change, and those of them that run."""
        base, token = self.base(), self.token(side)
        other = f"{self.folder}/{side}.txt"
        far = 15 if side == "mine" else 20
        trees: dict[str, Tree] = {
            "nothing": {} if self.is_added else {self.name: base},
            "far": {self.name: replaced(base, 25, token)},
            "same": {self.name: replaced(base, 3, token)},
            "edit": {self.name: replaced(base, 3, token)},
            "delete": {},
            "rename": {other: base},
            "rename-edit": {other: replaced(base, far, token)},
            "mode": {self.name: base},
            "binary": {self.name: base + token.encode() + b"\0"},
            "add": {self.name: f"{token}\n".encode()},
            "folder": {f"{self.name}/inner.txt": f"{token}\n".encode()},
            # Templates may only lead to files of their own.
            "link": {self.name: f"-> {token}", f"{self.folder}/{token}": f"{token}\n".encode()},
            "endings": {self.name: base.replace(b"\n", b"\r\n")},
        }
        return trees[kind], {self.name} if kind == "mode" else set()


def replaced(base: bytes, number: int, token: str) -> bytes:
    if b"\0" in base or base.count(b"\n") < 30:
        return base + token.encode()
    lines = base.decode().splitlines(keepends=True)
    return "".join([*lines[:number], f"{token}\n", *lines[number + 1 :]]).encode()


# A file that is only added has nothing before, so nothing else can be done to it.
CASES = [
    case
    for mine in MINE
    for theirs in THEIRS
    if not (case := Case(mine, theirs)).is_added or {mine, theirs} <= {"add", "nothing"}
    # Refused at once, below: nothing is written behind a link.
    if (mine, theirs) != ("link", "folder")
]


@dataclass(frozen=True)
class Merged:
    """The workspace with the result of all cases written, conflicts included."""

    shop: Tiny
    planned: PlannedUpdate

    def conflicts(self, case: Case) -> list[str]:
        paths = (file.path.removeprefix(f"{SERVICE}/") for file in self.planned.conflicts)
        return [path for path in paths if path.startswith(f"{case.folder}/")]

    def files(self, case: Case) -> dict[str, Path]:
        folder = self.shop.service / case.folder
        return {
            path.relative_to(folder).as_posix(): path
            for path in folder.rglob("*")
            if path.is_symlink() or path.is_file()
        }

    def holds(self, case: Case, token: str) -> bool:
        """Whether some file of the case has this in it, or is a link to it."""
        return any(
            token in str(path.readlink())
            if path.is_symlink()
            else token.encode() in path.read_bytes()
            for path in self.files(case).values()
        )


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Merged:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("matrix")
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, str(folder / name.lower()))
        shop = Tiny(folder=folder)
        base = {case.name: case.base() for case in CASES if not case.is_added}
        shop.release("v1.0.0", base, questions=LINKS)
        release(shop, "v2.0.0")
        shop.render("v1.0.0")
        for case in CASES:
            edit(shop.service, case)
        shop.record("v2.0.0")
        shop.commit()
        planned, written = shop.update(resolve=True)
        assert written
        return Merged(shop=shop, planned=planned)


def release(shop: Tiny, tag: str) -> None:
    files: Tree = {}
    modes: dict[str, int] = {}
    for case in CASES:
        changed, running = case.changed(case.theirs, "theirs")
        files |= changed
        modes |= dict.fromkeys(running, 0o755)
    shop.release(tag, files, modes=modes, questions=LINKS)


def edit(service: Path, case: Case) -> None:
    changed, running = case.changed(case.mine, "mine")
    (service / case.name).unlink(missing_ok=True)
    write(service, changed)
    for path in running:
        (service / path).chmod(0o755)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder)
def test_nothing_that_a_person_wrote_is_lost(merged: Merged, case: Case) -> None:
    files, conflicts = merged.files(case), merged.conflicts(case)
    if case.mine in {"far", "same", "rename-edit", "binary", "add", "folder", "link"}:
        assert merged.holds(case, case.token("mine")), files
    if case.mine == "delete":
        assert conflicts or "file.txt" not in files
    if case.mine == "rename":
        assert conflicts or not {"file.txt"} & files.keys()
    if case.mine == "mode":
        ran = [path for path in files.values() if path.stat().st_mode & stat.S_IXUSR]
        assert conflicts or ran
    if case.mine == "endings":
        kept = [path for path in files.values() if not path.is_symlink()]
        assert conflicts or any(b"\r\n" in path.read_bytes() for path in kept)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder)
def test_nothing_that_the_template_changed_is_dropped_in_silence(
    merged: Merged, case: Case
) -> None:
    if case.theirs not in {"edit", "rename-edit", "binary", "add", "folder", "link"}:
        return
    told = [f for f in merged.planned.files if f.path.startswith(f"{SERVICE}/{case.folder}/")]
    kept = case.mine == "delete" and any(file.outcome == "kept" for file in told)
    assert merged.conflicts(case) or kept or merged.holds(case, case.token("theirs")), told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder)
def test_what_only_one_side_changed_is_no_conflict(merged: Merged, case: Case) -> None:
    if "nothing" in (case.mine, case.theirs):
        assert merged.conflicts(case) == []
        side = "theirs" if case.mine == "nothing" else "mine"
        kind = case.theirs if case.mine == "nothing" else case.mine
        wanted, _ = case.changed(kind, side)
        found = merged.files(case)
        assert {f"{case.folder}/{name}" for name in found} == set(wanted)
        for path, content in wanted.items():
            place = merged.shop.service / path
            if isinstance(content, bytes):
                assert place.read_bytes() == content


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("same", "edit"), ("far", "delete"), ("rename-edit", "delete"), ("rename", "rename"),
        ("add", "add"), ("binary", "binary"), ("folder", "edit"), ("link", "edit"),
        ("endings", "edit"),
    ],
)  # fmt: skip
def test_what_needs_a_person_is_a_conflict(merged: Merged, mine: str, theirs: str) -> None:
    assert merged.conflicts(Case(mine, theirs))


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("far", "edit"), ("far", "rename"), ("far", "rename-edit"), ("rename", "edit"),
        ("rename-edit", "edit"), ("mode", "edit"), ("delete", "edit"), ("delete", "delete"),
        ("far", "mode"),
    ],
)  # fmt: skip
def test_what_goes_together_is_merged(merged: Merged, mine: str, theirs: str) -> None:
    assert merged.conflicts(Case(mine, theirs)) == []


def test_such_a_pile_of_conflicts_waits_and_is_named(merged: Merged) -> None:
    update = pending_update(merged.shop.workspace)
    assert update is not None
    assert set(update.conflicts) == {file.path for file in merged.planned.conflicts}
    unmerged = git(merged.shop.root, "diff", "--name-only", "--diff-filter=U").splitlines()
    assert set(unmerged) == set(update.conflicts)


def test_a_persons_link_where_the_template_needs_a_folder_is_refused_at_once(tiny: Tiny) -> None:
    tiny.release("v1.0.0", {"a.txt": "one\n"})
    tiny.release("v2.0.0", {"a.txt/inner.txt": "two\n"})
    tiny.render("v1.0.0")
    (tiny.service / "a.txt").unlink()
    write(tiny.root, {"outside/kept.txt": "kept\n"})
    (tiny.service / "a.txt").symlink_to("../../outside")
    tiny.record("v2.0.0")
    tiny.commit()
    with pytest.raises(DestinationRefusedError, match=r"a\.txt is a link"):
        tiny.update(resolve=True)
    assert [path.name for path in (tiny.root / "outside").iterdir()] == ["kept.txt"]
    assert pending_update(tiny.workspace) is None


def test_wiring_that_was_edited_by_hand_is_never_written_over(tiny: Tiny) -> None:
    tiny.release("v1.0.0", {"a.txt": "one\n"})
    tiny.release("v2.0.0", {"a.txt": "two\n"})
    tiny.render("v1.0.0")
    sync_workspace(tiny.workspace, tiny.said.append)
    compose = tiny.root / "wiring/compose.yaml"
    compose.write_text(f"{compose.read_text()}# mine\n")
    tiny.record("v2.0.0")
    tiny.commit()
    with pytest.raises(ConflictError, match=r"Edited by hand, though generated: wiring/compose\.y"):
        tiny.update()
    assert compose.read_text().endswith("# mine\n")
    assert (tiny.service / "a.txt").read_text() == "one\n"


def test_a_lock_that_was_edited_is_not_written_over_until_it_is_committed(tiny: Tiny) -> None:
    pyproject = (
        '[project]\nname = "{{{{ service_name }}}}"\nversion = "{}"\nrequires-python = ">=3.11"\n'
    )
    for number in (1, 2):
        tiny.release(f"v{number}.0.0", {"pyproject.toml.jinja": pyproject.format(number)})
    tiny.render("v1.0.0")
    tiny.record("v2.0.0")
    lock = tiny.root / "uv.lock"
    lock.write_text('version = 1\nrequires-python = ">=3.11"\n')
    tiny.commit()
    lock.write_text(f"{lock.read_text()}# mine\n")
    request = UpdateRequest(names=("orders",))

    def update() -> bool:
        return update_workspace(tiny.workspace, request, tiny.said.append, judge=lambda _: True)[1]

    with pytest.raises(ConflictError, match=r"uv\.lock"):
        update()
    assert lock.read_text().endswith("# mine\n")
    tiny.commit()
    assert update()
    assert 'version = "2"' in lock.read_text()
