"""Updates beside other work: on two branches, while checks run, and of many services at once."""

import subprocess
import sys

import pytest

from generator.rendering.trees import read_tree
from generator.usecases.update import update_workspace
from tests.support.checkout import git
from tests.support.tiny import SERVICE, Tiny, write

FIRST = {"a.txt": "".join(f"{n}\n" for n in range(20)), "b.txt": "b\n"}


@pytest.fixture
def shop(tiny: Tiny) -> Tiny:
    """Three versions of a template, and a service of the first one."""
    tiny.release("v1.0.0", FIRST)
    tiny.release(
        "v2.0.0", FIRST | {"a.txt": FIRST["a.txt"].replace("3\n", "three\n"), "c.txt": "c\n"}
    )
    third = FIRST["a.txt"].replace("3\n", "three\n").replace("15\n", "fifteen\n")
    tiny.release("v3.0.0", {"a.txt": third, "c.txt": "C\n"})
    tiny.render("v1.0.0")
    write(tiny.service, {"a.txt": FIRST["a.txt"].replace("9\n", "mine\n")})
    tiny.record("v3.0.0")
    tiny.commit()
    return tiny


def update(shop: Tiny, to: str = "") -> None:
    _, written = shop.update(to=to)
    assert written
    shop.commit()


def test_step_by_step_ends_where_one_step_does(shop: Tiny) -> None:
    start = git(shop.root, "rev-parse", "HEAD")
    update(shop)
    at_once = read_tree(shop.root)
    git(shop.root, "checkout", "--quiet", "-b", "steps", start)
    update(shop, "v2.0.0")
    update(shop)
    assert read_tree(shop.root) == at_once
    assert "mine" in (shop.service / "a.txt").read_text()


def test_two_branches_that_were_updated_apart_are_merged_by_git(shop: Tiny) -> None:
    git(shop.root, "branch", "other")
    update(shop)
    git(shop.root, "checkout", "--quiet", "other")
    write(shop.service, {"own.txt": "own\n"})
    shop.commit()
    update(shop)
    git(shop.root, "merge", "--quiet", "-m", "Merge", "main")
    assert (shop.service / "own.txt").read_text() == "own\n"
    planned, _ = shop.update()
    assert not planned.projects


def test_a_branch_that_was_updated_further_wins_the_merge_and_the_next_update_agrees(
    shop: Tiny,
) -> None:
    update(shop, "v2.0.0")
    git(shop.root, "checkout", "--quiet", "-b", "other")
    update(shop)
    further = read_tree(shop.root)
    git(shop.root, "checkout", "--quiet", "main")
    write(shop.root, {"notes.txt": "meanwhile\n"})
    shop.commit()
    git(shop.root, "merge", "--quiet", "-m", "Merge", "other")
    assert read_tree(shop.root) == further | {"notes.txt": "644\nmeanwhile\n"}
    planned, _ = shop.update()
    assert not planned.projects


# Holds the workspace as a verification does until it is told to go on.
HOLDING = """
import pathlib, sys
from generator.usecases import workspace_lock
from generator.workspace import open_workspace
with workspace_lock.unchanged(open_workspace(pathlib.Path(sys.argv[1])), print):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_an_update_waits_for_a_verification_that_runs(shop: Tiny) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, shop.root],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        told, heard = holder.stdin, holder.stdout
        assert told is not None
        assert heard is not None
        assert heard.readline() == "held\n"
        before, waited = read_tree(shop.root), []

        def report(line: str) -> None:
            # It has begun to wait: nothing is written, and now the other one may end.
            waited.append(line)
            assert read_tree(shop.root) == before
            told.write("\n")
            told.flush()

        request = shop.request()
        _, written = update_workspace(shop.workspace, request, report, judge=lambda _: True)
    assert written
    assert any("Waiting for another generator" in line for line in waited)


def test_a_file_that_changes_while_the_checks_run_is_not_written_over(shop: Tiny) -> None:
    before = read_tree(shop.root)

    def edited_meanwhile(_: object) -> bool:
        (shop.service / "b.txt").write_text("meanwhile\n")
        return True

    with pytest.raises(Exception, match=r"b\.txt is not as it was"):
        update_workspace(shop.workspace, shop.request(), shop.said.append, judge=edited_meanwhile)
    assert read_tree(shop.root) == before | {f"{SERVICE}/b.txt": "644\nmeanwhile\n"}
