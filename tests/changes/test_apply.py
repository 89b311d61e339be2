"""A change set is applied whole or not at all, whatever stops it at whichever step."""

import errno
import os
import shutil
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from generator.changes import (
    ChangeSet,
    Delete,
    Entry,
    FileState,
    Move,
    Write,
    apply,
    is_interrupted,
    recover,
    state_of,
)
from generator.errors import ConflictError, DestinationRefusedError, DiskError
from tests.changes.conftest import AFTER, Changes, Tree, leftovers, read
from tests.support.steps import full_disk, interrupt, killed, steps_of, stopping


@pytest.fixture
def before(root: Path) -> Tree:
    return read(root)


@pytest.fixture
def trees(root: Path, changes: Changes, before: Tree, tmp_path: Path) -> tuple[Tree, Tree]:
    """The folder before, and as it is when all of the change was applied."""
    shutil.copytree(root, tmp_path / "kept", symlinks=True)
    apply(root, changes())
    after = read(root)
    shutil.rmtree(root)
    (tmp_path / "kept").rename(root)
    return before, after


def test_everything_is_done_and_nothing_else(root: Path, trees: tuple[Tree, Tree]) -> None:
    before, after = trees
    files = {name: content for name, (mode, content) in after.items() if not stat.S_ISDIR(mode)}
    assert files == AFTER
    assert after["untouched"] == before["untouched"]
    assert "old" not in after
    assert "deep/er" not in after
    assert stat.S_IMODE(after["mode"][0]) == 0o755
    assert stat.S_IMODE(after["made/of/two"][0]) == 0o755
    assert leftovers(root) == []


def test_killed_at_any_step_it_is_as_before_or_complete_after_the_next_command(
    root: Path, changes: Changes, trees: tuple[Tree, Tree], tmp_path: Path
) -> None:
    before, after = trees
    change = changes()
    outcome = {True: after, False: before}
    seen = set()
    for step in range(1, 1000):
        trial = tmp_path / str(step)
        shutil.copytree(root, trial, symlinks=True)
        if not killed(partial(apply, trial, change), step):
            break
        recovery = recover(trial)
        tree = read(trial)
        # Without a journal nothing was begun, or everything was done.
        assert tree in ([before, after] if recovery is None else [outcome[recovery.complete]]), step
        assert not is_interrupted(trial)
        assert recover(trial) is None
        seen.add((recovery and recovery.complete, tree == after))
        shutil.rmtree(trial)
    assert step > 50
    # The last step is the rename that ends the journal.
    assert seen == {(None, False), (False, False), (True, True)}


def test_killed_again_while_it_is_taken_back_it_is_taken_back_by_the_one_after(
    root: Path, changes: Changes, before: Tree, tmp_path: Path
) -> None:
    change = changes()
    half = tmp_path / "half"
    shutil.copytree(root, half, symlinks=True)
    made = steps_of(partial(apply, root, change))
    # Before the last thing that is put in place; the rename after it ends the journal.
    *_, last, _ = (number for number, call in enumerate(made, 1) if call.startswith("rename"))
    assert killed(partial(apply, half, change), last)
    assert read(half) != before
    for step in range(1, 1000):
        trial = tmp_path / str(step)
        shutil.copytree(half, trial, symlinks=True)
        died = killed(partial(recover, trial), step)
        recover(trial)
        assert read(trial) == before, step
        shutil.rmtree(trial)
        if not died:
            break
    assert step > 15


@pytest.mark.parametrize("stop", [full_disk, interrupt], ids=lambda stop: str(stop.__name__))
def test_stopped_at_any_step_it_is_as_before_at_once(
    root: Path,
    changes: Changes,
    trees: tuple[Tree, Tree],
    stop: Callable[[], None],
    tmp_path: Path,
) -> None:
    before, after = trees
    change = changes()
    raised = DiskError if stop is full_disk else KeyboardInterrupt
    for step in range(1, 1000):
        trial = tmp_path / str(step)
        shutil.copytree(root, trial, symlinks=True)
        with stopping(step, stop) as made:
            try:
                apply(trial, change)
            except raised as error:
                said = str(getattr(error, "hint", ""))
            else:
                said = "done"
        if len(made) < step:
            break
        # While it is being tidied up, the change stands or is taken back by the next command.
        recovery = recover(trial)
        assert read(trial) in (before, after), step
        tidying = made[step - 1].startswith(("unlink", "rmdir", "rename journal"))
        assert read(trial) == before or tidying, step
        assert recovery is None or said == "" or "generator sync" in said, (step, said)
        shutil.rmtree(trial)
    assert step > 50


def test_a_disk_that_fails_for_good_is_taken_back_when_it_is_well_again(
    root: Path, changes: Changes, trees: tuple[Tree, Tree], tmp_path: Path
) -> None:
    before, after = trees
    change = changes()
    made = steps_of(partial(apply, root, change))
    shutil.rmtree(root)
    # From the end of the journal on, only what is left over remains to be removed.
    ended = max(number for number, call in enumerate(made, 1) if call.startswith("rename"))
    for step in range(1, ended + 1):
        trial = tmp_path / str(step)
        _make(trial, before)
        with (
            stopping(step, full_disk, for_good=True),
            pytest.raises(DiskError) as refused,
        ):
            apply(trial, change)
        pending = is_interrupted(trial)
        assert ("generator sync" in refused.value.hint) == pending, step
        recovery = recover(trial)
        assert read(trial) == (after if recovery and recovery.complete else before), step
        shutil.rmtree(trial)


def _make(root: Path, tree: Tree) -> None:
    root.mkdir()
    for name, (mode, content) in tree.items():
        path = root / name
        if stat.S_ISDIR(mode):
            path.mkdir()
        elif stat.S_ISLNK(mode):
            path.symlink_to(os.fsdecode(content))
            continue
        else:
            path.write_bytes(content)
        path.chmod(stat.S_IMODE(mode))


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (Write(path="untouched", content=b"x"), "it is there already"),
        (Write(path="old", content=b"x"), "a folder is there"),
        (Write(path="changed/below", content=b"x"), "it is not a folder"),
        (Delete(path="nowhere", expects=FileState.of(b"", 0o100644)), "it is gone"),
        (Delete(path="changed", expects=FileState.of(b"else", 0o100644)), "it was changed"),
        (Delete(path="gone", expects=FileState.of(b"gone\0binary", 0o100644)), "its mode is 640"),
        (
            Move(source="mode", path="changed", expects=FileState.of(b"same", 0o100644)),
            "it is there already",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else value.path,
)
def test_a_path_that_is_not_as_expected_is_named_and_nothing_is_written(
    root: Path, before: Tree, entry: Write | Delete | Move, reason: str
) -> None:
    named = "changed" if entry.path == "changed/below" else entry.path
    first = Write(path="aaa", content=b"first")
    with pytest.raises(ConflictError, match=f"{root / named} .*{reason}"):
        apply(root, ChangeSet.of("try", [first, entry]))
    assert read(root) == before
    assert leftovers(root) == []


def test_what_changes_under_the_running_command_is_kept(
    root: Path, changes: Changes, before: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.rename

    def edited_now(source: str, target: str, **folders: int) -> None:
        if target == "new":
            (root / "changed").write_text("a person's")
        rename(source, target, **folders)

    monkeypatch.setattr(os, "rename", edited_now)
    change = ChangeSet.of("try", changes().entries[::-1])
    with pytest.raises(ConflictError, match="changed is not as it was"):
        apply(
            root,
            ChangeSet(
                title="try",
                entries=(
                    Write(path="new", content=b"new"),
                    *(entry for entry in change.entries if entry.path == "changed"),
                ),
            ),
        )
    assert read(root) == before | {"changed": (before["changed"][0], b"a person's")}


def test_where_files_have_one_name_only_a_copy_is_kept_instead(
    root: Path, changes: Changes, before: Tree, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    change = changes()
    made = steps_of(partial(apply, _copy(root, tmp_path / "counted"), change))
    *_, last, _ = (number for number, call in enumerate(made, 1) if call.startswith("rename"))
    assert killed(partial(apply, root, change), last)
    assert read(root) != before
    recover(root)
    assert read(root) == before


def _copy(root: Path, to: Path) -> Path:
    shutil.copytree(root, to, symlinks=True)
    return to


@pytest.mark.parametrize("path", ["out/new", "deep/out/new", "deep/out/er/new"])
@pytest.mark.parametrize("kind", ["write", "delete", "move to", "move from"])
def test_a_link_in_any_component_is_refused_by_name(
    root: Path, tmp_path: Path, path: str, kind: str
) -> None:
    outside = tmp_path / "outside"
    (outside / "er").mkdir(parents=True)
    link = root / path.split("/new", maxsplit=1)[0].removesuffix("/er")
    link.symlink_to(outside)
    mine = FileState.of(b"mine", 0o100644)
    if kind in {"delete", "move from"}:
        (root / path).write_bytes(b"mine")
    before = read(outside)
    untouched = state_of(root, "untouched")
    assert untouched
    entries: dict[str, Entry] = {
        "write": Write(path=path, content=b"x"),
        "delete": Delete(path=path, expects=mine),
        "move to": Move(source="untouched", path=path, expects=untouched),
        "move from": Move(source=path, path="here", expects=mine),
    }
    with pytest.raises(DestinationRefusedError, match=f"{link} is a link to {outside}"):
        apply(root, ChangeSet.of("try", [entries[kind]]))
    assert read(outside) == before
    assert leftovers(root) == []


@pytest.mark.parametrize(
    "path",
    ["", "/etc/x", "../x", "a/../x", "a//x", "./x", ".git/config", "a/.GIT/hooks/x", "git~1/x",
     ".git./x", ".generator/lock", "a\0b"],
)  # fmt: skip
def test_paths_that_are_no_business_of_a_change_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"below the root|belongs to"):
        ChangeSet.of("try", [Write(path=path, content=b"x")])


def test_one_path_is_changed_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        ChangeSet.of("try", [Write(path="a", content=b"1"), Write(path="a", content=b"2")])


def test_what_goes_and_comes_unchanged_is_a_move_and_the_rest_is_not(root: Path) -> None:
    state = state_of(root, "old/a")
    assert state
    change = ChangeSet.of(
        "try",
        [
            Delete(path="old/a", expects=state),
            Write(path="other/a", content=b"a"),
            Write(path="other/copy", content=b"a"),
            Write(path="other/mode", content=b"a", mode=0o100755),
        ],
    ).with_moves()
    assert [type(entry).__name__ for entry in change.entries] == ["Move", "Write", "Write"]
    inode = (root / "old/a").stat().st_ino
    apply(root, change)
    assert (root / "other/a").stat().st_ino == inode


@pytest.fixture
def vault(root: Path, tmp_path: Path) -> Path:
    """A file outside, to which a person's own link leads."""
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "secrets").write_bytes(b"A=1\n")
    (vault / "secrets").chmod(0o640)
    (root / ".env").symlink_to(vault / "secrets")
    return vault


def behind(vault: Path) -> Write:
    return Write(
        path=".env",
        content=b"A=1\nB=2\n",
        mode=0o100640,
        expects=FileState.of(b"A=1\n", 0o100640),
        secret=True,
        through=str(vault / "secrets"),
    )


def test_a_file_behind_a_persons_own_link_is_written_last_or_not_at_all(
    root: Path, changes: Changes, vault: Path, tmp_path: Path
) -> None:
    change = ChangeSet.of("try", [*changes().entries, behind(vault)])
    before = read(root)
    outcomes = set()
    for step in range(1, 1000):
        trial = tmp_path / str(step)
        shutil.copytree(root, trial, symlinks=True)
        died = killed(partial(apply, trial, change), step)
        recovery = recover(trial)
        complete = read(trial) != before
        assert recovery is None or recovery.complete == complete, step
        text = (vault / "secrets").read_bytes()
        assert text == (b"A=1\nB=2\n" if complete else b"A=1\n"), step
        outcomes.add(complete)
        (vault / "secrets").write_bytes(b"A=1\n")
        shutil.rmtree(trial)
        if not died:
            break
    assert outcomes == {False, True}
    assert [path.name for path in vault.iterdir()] == ["secrets"]
    assert stat.S_IMODE((vault / "secrets").stat().st_mode) == 0o640


def test_a_link_that_leads_elsewhere_by_now_is_not_followed(
    root: Path, vault: Path, tmp_path: Path
) -> None:
    (tmp_path / "theirs").write_bytes(b"A=1\n")
    (tmp_path / "theirs").chmod(0o640)
    (root / ".env").unlink()
    (root / ".env").symlink_to(tmp_path / "theirs")
    with pytest.raises(ConflictError, match="was changed"):
        apply(root, ChangeSet.of("try", [Write(path="new", content=b""), behind(vault)]))
    assert (vault / "secrets").read_bytes() == (tmp_path / "theirs").read_bytes() == b"A=1\n"
    assert not (root / "new").exists()
