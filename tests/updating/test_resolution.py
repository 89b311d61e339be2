"""Conflicts are written when a person asks for them, and resolving them ends in one of two ways."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from generator.errors import ConflictError, UsageError
from generator.rendering.trees import read_tree
from generator.usecases.pending_update import pending_update
from generator.usecases.resolution import abort_update, begin_resolution, continue_update
from generator.usecases.update import _planned
from generator.usecases.workspace_lock import workspace_lock
from tests.support.checkout import git
from tests.support.steps import killed
from tests.support.tiny import SERVICE, Tiny, write

LINES = [f"line {number}\n" for number in range(20)]
EDITED = "a.txt"


def text(place: int, line: str) -> str:
    return "".join([*LINES[:place], f"{line}\n", *LINES[place + 1 :]])


@pytest.fixture
def shop(tiny: Tiny) -> Tiny:
    """A service in which the person and the template changed the same line, and other files."""
    old = {EDITED: "".join(LINES), "far.txt": "".join(LINES), "gone.txt": "g\n", "mine.txt": "m\n"}
    tiny.release("v1.0.0", old)
    new = {EDITED: text(3, "theirs"), "far.txt": text(3, "theirs"), "new/b.txt": "b\n"}
    tiny.release("v2.0.0", new)
    tiny.render("v1.0.0")
    write(
        tiny.service,
        {EDITED: text(3, "mine"), "far.txt": text(15, "mine"), "mine.txt": "edited\n"},
    )
    tiny.record("v2.0.0")
    tiny.commit()
    return tiny


def whole(root: Path) -> dict[str, str]:
    return read_tree(root, leave_out=(".git",))


def state(root: Path) -> tuple[dict[str, str], str, str]:
    """The work tree, what git says of it, and what the index holds."""
    tree = read_tree(root)
    return tree, git(root, "status", "--porcelain"), git(root, "ls-files", "--stage")


def resolve(shop: Tiny) -> None:
    write(shop.service, {EDITED: text(3, "both")})
    git(shop.root, "add", f"{SERVICE}/{EDITED}")
    git(shop.root, "rm", "--quiet", "--cached", f"{SERVICE}/mine.txt")
    (shop.service / "mine.txt").unlink()


def go_on(shop: Tiny, *, agrees: bool = True) -> bool:
    return continue_update(shop.workspace, shop.said.append, judge=lambda _: agrees)[1]


def test_without_being_asked_no_conflict_is_written(shop: Tiny) -> None:
    before = state(shop.root)
    planned, written = shop.update()
    assert not written
    assert [file.path for file in planned.conflicts] == [
        f"{SERVICE}/{EDITED}", f"{SERVICE}/mine.txt",
    ]  # fmt: skip
    assert state(shop.root) == before


def test_conflicts_are_written_as_git_writes_them_and_the_rest_is_merged(shop: Tiny) -> None:
    _, written = shop.update(resolve=True)
    assert written
    said = (shop.service / EDITED).read_text()
    for line in ("<<<<<<< yours\nmine\n", "||||||| ", "line 3\n", "theirs\n>>>>>>> template\n"):
        assert line in said
    assert (shop.service / "far.txt").read_text() == text(3, "theirs").replace("line 15", "mine")
    assert not (shop.service / "gone.txt").exists()
    assert (shop.service / "new/b.txt").read_text() == "b\n"
    assert (shop.service / "mine.txt").read_text() == "edited\n"
    status = git(shop.root, "status", "--porcelain").splitlines()
    assert f"UU {SERVICE}/{EDITED}" in status
    assert f"UD {SERVICE}/mine.txt" in status
    for stage, line in ((1, "line 3"), (2, "mine"), (3, "theirs")):
        assert git(shop.root, "show", f":{stage}:{SERVICE}/{EDITED}") == text(3, line).rstrip()


def test_aborting_brings_tree_and_index_back_and_keeps_what_was_written_since(shop: Tiny) -> None:
    before = state(shop.root)
    shop.update(resolve=True)
    (shop.service / EDITED).write_text("half resolved\n")
    (shop.service / "own.txt").write_text("own\n")
    git(shop.root, "add", "--all")
    update, kept = abort_update(shop.workspace, shop.said.append)
    assert update.conflicts == (f"{SERVICE}/{EDITED}", f"{SERVICE}/mine.txt")
    assert (shop.root / kept / SERVICE / EDITED).read_text() == "half resolved\n"
    assert (shop.service / "own.txt").read_text() == "own\n"
    git(shop.root, "rm", "--quiet", "--force", f"{SERVICE}/own.txt")
    assert state(shop.root) == before
    assert pending_update(shop.workspace) is None


def test_continuing_wires_judges_and_ends_it(shop: Tiny) -> None:
    shop.update(resolve=True)
    resolve(shop)
    assert go_on(shop)
    assert pending_update(shop.workspace) is None
    assert (shop.service / EDITED).read_text() == text(3, "both")
    assert "services/orders/compose.yaml" in (shop.root / "wiring/compose.yaml").read_text()
    shop.commit()
    planned, _ = shop.update()
    assert not planned.projects


def test_a_red_judgement_leaves_it_waiting_and_nothing_written(shop: Tiny) -> None:
    shop.update(resolve=True)
    resolve(shop)
    before = whole(shop.root)
    assert not go_on(shop, agrees=False)
    assert whole(shop.root) == before
    assert go_on(shop)


def test_the_judge_sees_what_the_person_resolved(shop: Tiny) -> None:
    shop.update(resolve=True)
    resolve(shop)
    (shop.service / "helper.txt").write_text("new, untracked\n")
    seen: dict[str, str] = {}
    continue_update(
        shop.workspace,
        shop.said.append,
        judge=lambda e: bool(seen.update(read_tree(e.staged.root))),
    )
    assert seen[f"{SERVICE}/{EDITED}"].endswith(text(3, "both"))
    assert f"{SERVICE}/helper.txt" in seen
    assert f"{SERVICE}/mine.txt" not in seen
    assert "wiring/compose.yaml" in seen


def test_what_is_still_in_conflict_is_named(shop: Tiny) -> None:
    shop.update(resolve=True)
    with pytest.raises(ConflictError, match=f"Still in conflict: {SERVICE}/{EDITED}"):
        go_on(shop)
    git(shop.root, "add", "--all")
    with pytest.raises(ConflictError, match=f"markers are left in {SERVICE}/{EDITED}"):
        go_on(shop)


def test_no_other_change_is_begun_on_top_of_it(shop: Tiny) -> None:
    shop.update(resolve=True)
    with pytest.raises(ConflictError, match="waits for you") as refused:
        shop.update()
    assert "--continue" in refused.value.hint
    assert "--abort" in refused.value.hint


def test_without_an_update_there_is_nothing_to_end(shop: Tiny) -> None:
    for ending in (partial(go_on, shop), partial(abort_update, shop.workspace, print)):
        with pytest.raises(UsageError, match="No update waits"):
            ending()


def test_after_a_commit_it_is_finished_and_not_taken_back(shop: Tiny) -> None:
    shop.update(resolve=True)
    resolve(shop)
    shop.commit()
    with pytest.raises(ConflictError, match="has commits since"):
        abort_update(shop.workspace, shop.said.append)
    assert go_on(shop)


def test_an_update_that_git_threw_away_is_only_ended(shop: Tiny) -> None:
    shop.update(resolve=True)
    git(shop.root, "reset", "--quiet", "--hard")
    git(shop.root, "clean", "--quiet", "-fd")
    with pytest.raises(ConflictError, match="Nothing of the update"):
        go_on(shop)
    before = state(shop.root)
    abort_update(shop.workspace, shop.said.append)
    assert state(shop.root) == before


def test_a_record_that_cannot_be_read_is_one_line(shop: Tiny) -> None:
    shop.update(resolve=True)
    (shop.root / ".generator/update/record.json").write_text("{}")
    with pytest.raises(ConflictError, match=r"record\.json cannot be read"):
        go_on(shop)


def abort(shop: Tiny) -> None:
    abort_update(shop.workspace, shop.said.append)


def settle(shop: Tiny) -> None:
    """What every command does before it begins."""
    with workspace_lock(shop.workspace, shop.said.append, resolving=True):
        pass


def killed_at_each(
    shop: Tiny, work: Callable[[Tiny], None], after: Callable[[Tiny, int], None]
) -> int:
    """Kill the work at every step that it makes on the disk; return how many there are."""
    kept, trial = shop.folder / "kept", shop.folder / "trial"
    shutil.copytree(shop.root, kept, symlinks=True)
    for step in range(1, 1000):
        shutil.rmtree(shop.root)
        shutil.copytree(kept, trial, symlinks=True)
        trial.rename(shop.root)
        if not killed(partial(work, shop), step):
            return step
        after(shop, step)
    raise AssertionError("it never ends")


def test_killed_while_it_writes_conflicts_the_next_command_brings_everything_back(
    shop: Tiny,
) -> None:
    before = state(shop.root)
    # Planned once: the plan only reads.
    planned = _planned(shop.workspace, shop.request(resolve=True), shop.folder / "aside")

    def begin(shop: Tiny) -> None:
        with workspace_lock(shop.workspace, shop.said.append):
            begin_resolution(shop.workspace, planned, lock=False)

    def check(shop: Tiny, step: int) -> None:
        settle(shop)
        assert state(shop.root) == before, step
        assert pending_update(shop.workspace) is None

    assert killed_at_each(shop, begin, check) > 40
    update = pending_update(shop.workspace)
    assert update is not None
    assert update.is_ready


def test_killed_while_it_is_taken_back_the_next_abort_goes_on(shop: Tiny) -> None:
    before = state(shop.root)
    shop.update(resolve=True)
    (shop.service / EDITED).write_text("half resolved\n")

    def check(shop: Tiny, step: int) -> None:
        settle(shop)
        if pending_update(shop.workspace) is not None:
            abort(shop)
        assert state(shop.root) == before, step
        kept = list((shop.root / ".generator").glob(f"aborted-update-*/{SERVICE}/{EDITED}"))
        assert [path.read_text() for path in kept][:1] == ["half resolved\n"]

    assert killed_at_each(shop, abort, check) > 20
