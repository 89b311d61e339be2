"""The last change can be undone byte for byte, and nothing that a person wrote since is lost."""

import shutil
import stat
from functools import partial
from pathlib import Path

import pytest

from generator.changes import (
    ChangeSet,
    FileState,
    Write,
    apply,
    forget_last,
    recover,
    removal,
    undo_of_last,
)
from generator.errors import ConflictError
from tests.changes.conftest import Changes, Tree, read
from tests.support.steps import killed

KEPT = ".generator/undo"


def files(root: Path) -> Tree:
    """Files and links; git does not know of folders either."""
    return {name: found for name, found in read(root).items() if not stat.S_ISDIR(found[0])}


def undo(root: Path) -> str:
    change = undo_of_last(root)
    assert change
    apply(root, change)
    return change.title


def test_everything_comes_back_and_undoing_that_does_it_again(root: Path, changes: Changes) -> None:
    before = files(root)
    apply(root, changes())
    after = files(root)
    assert after != before
    for _ in range(2):
        assert undo(root) == "undo: try everything"
        assert files(root) == before
        assert undo(root) == "try everything"
        assert files(root) == after


def test_killed_at_any_step_an_undo_is_whole_or_nothing_and_can_be_undone(
    root: Path, changes: Changes, tmp_path: Path
) -> None:
    before = files(root)
    apply(root, changes())
    after = files(root)
    seen = set()
    for step in range(1, 1000):
        trial = tmp_path / str(step)
        shutil.copytree(root, trial, symlinks=True)
        died = killed(partial(undo, trial), step)
        recover(trial)
        found = files(trial)
        assert found in (before, after), step
        undo(trial)
        assert files(trial) == (after if found == before else before), step
        seen.add(found == before)
        shutil.rmtree(trial)
        if not died:
            break
    assert step > 30
    assert seen == {False, True}


def test_only_the_last_change_is_kept_for_its_owner_alone_until_it_is_forgotten(
    root: Path, changes: Changes
) -> None:
    assert undo_of_last(root) is None
    apply(root, changes())
    secret = Write(path=".env", content=b"A=1\n", mode=0o100600)
    apply(root, ChangeSet.of("secret", [secret]))
    again = Write(path=".env", content=b"A=2\n", mode=0o100600, expects=secret.after)
    apply(root, ChangeSet.of("again", [again]))
    kept = root / KEPT
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in kept.iterdir()} == {0o600}
    assert undo(root) == "undo: again"
    assert (root / ".env").read_bytes() == b"A=1\n"
    assert stat.S_IMODE((root / ".env").stat().st_mode) == 0o600
    forget_last(root)
    assert undo_of_last(root) is None
    assert not kept.exists()


def test_after_a_change_that_cannot_be_undone_nothing_can(root: Path, changes: Changes) -> None:
    apply(root, changes())
    apply(root, ChangeSet.of("aside", [Write(path="aside", content=b"")]), undoable=False)
    assert undo_of_last(root) is None


@pytest.mark.parametrize("path", ["changed", "gone", "made/of/two", "renamed/deep/a"])
def test_what_a_person_changed_since_is_a_conflict_and_nothing_is_written(
    root: Path, changes: Changes, path: str
) -> None:
    apply(root, changes())
    (root / path).write_bytes(b"mine")
    edited = files(root)
    change = undo_of_last(root)
    assert change
    with pytest.raises(ConflictError, match=path):
        apply(root, change)
    assert files(root) == edited


def test_what_is_kept_is_read_as_if_a_stranger_had_written_it(root: Path, changes: Changes) -> None:
    apply(root, changes())
    backup = next((root / KEPT).glob("b*"))
    backup.write_bytes(b"theirs")
    with pytest.raises(ConflictError, match="not what the last command left"):
        undo_of_last(root)
    (root / KEPT / "steps.json").write_text("{}")
    with pytest.raises(ConflictError, match=r"undo/steps\.json cannot be read"):
        undo_of_last(root)
    forget_last(root)
    assert undo_of_last(root) is None


def test_the_file_behind_a_persons_own_link_comes_back(root: Path, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.write_bytes(b"A=1\n")
    vault.chmod(0o640)
    (root / ".env").symlink_to(vault)
    write = Write(
        path=".env", content=b"A=2\n", mode=0o100640, expects=FileState.of(b"A=1\n", 0o100640),
        secret=True, through=str(vault),
    )  # fmt: skip
    apply(root, ChangeSet.of("secret", [write]))
    assert vault.read_bytes() == b"A=2\n"
    undo(root)
    assert vault.read_bytes() == b"A=1\n"
    assert stat.S_IMODE(vault.stat().st_mode) == 0o640
    assert (root / ".env").is_symlink()
    undo(root)
    assert vault.read_bytes() == b"A=2\n"


def test_folders_that_hold_no_file_go_with_the_last_file_beside_them(root: Path) -> None:
    (root / "deep/er/empty/emptier").mkdir(parents=True)
    before = files(root)
    apply(root, ChangeSet.of("remove", [removal(root, "deep/er/only")]))
    assert not (root / "deep/er").exists()
    undo(root)
    assert files(root) == before
