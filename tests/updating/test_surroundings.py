"""An update begins only where it can end: odd repositories work, or are refused in one line."""

import random
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from generator.errors import (
    ConflictError,
    DiskError,
    GeneratorError,
    SourceUnreachableError,
    UnreadableAnswersError,
    UsageError,
)
from generator.git.scratch import scratch_beside
from generator.rendering.trees import read_tree
from generator.usecases.status import workspace_status
from generator.usecases.update import preview_update
from tests.support.checkout import git
from tests.support.tiny import SERVICE, Tiny, write

ANSWERS = f"{SERVICE}/.copier-answers.yml"


@pytest.fixture
def shop(tiny: Tiny) -> Tiny:
    """A service that is one version behind, and one of its files edited."""
    tiny.release("v1.0.0", {"a.txt": "one\n", "b.txt": "b\n"})
    tiny.release("v2.0.0", {"a.txt": "two\n", "b.txt": "b\n"})
    tiny.render("v1.0.0")
    write(tiny.service, {"b.txt": "mine\n"})
    tiny.record("v2.0.0")
    tiny.commit()
    return tiny


def updates(shop: Tiny) -> None:
    """The update works, whatever is odd here."""
    updates_to(shop, "two\n")
    assert (shop.service / "b.txt").read_text() == "mine\n"


def updates_to(shop: Tiny, text: str) -> None:
    """The update works and brings this text."""
    _, written = shop.update()
    assert written
    assert (shop.service / "a.txt").read_text() == text


def refused(shop: Tiny, kind: type[GeneratorError], words: str) -> GeneratorError:
    """The update is refused with these words, and nothing is written."""
    before = read_tree(shop.root)
    with pytest.raises(kind, match=words) as error:
        shop.update()
    assert read_tree(shop.root) == before
    return error.value


def test_a_detached_head_is_updated(shop: Tiny) -> None:
    git(shop.root, "checkout", "--quiet", "--detach")
    updates(shop)


def test_a_shallow_clone_is_updated(shop: Tiny) -> None:
    shop.root.rename(shop.folder / "origin")
    git(shop.folder, "clone", "--quiet", "--depth=1", f"file://{shop.folder}/origin", "shop")
    updates(shop)


def test_a_linked_work_tree_and_a_folder_of_a_repository_are_updated(shop: Tiny) -> None:
    shop.root.rename(shop.folder / "main")
    git(shop.folder / "main", "worktree", "add", "--quiet", "-b", "other", str(shop.root))
    updates(shop)


def test_a_workspace_that_is_a_folder_of_a_repository_is_updated(tiny: Tiny) -> None:
    tiny.release("v1.0.0", {"a.txt": "one\n"})
    tiny.release("v2.0.0", {"a.txt": "two\n"})
    tiny.render("v1.0.0")
    shutil.rmtree(tiny.root / ".git")
    tiny.record("v2.0.0")
    git(tiny.folder, "init", "--quiet")
    write(tiny.folder, {"outside.txt": "dirty\n"})
    git(tiny.folder, "add", "shop")
    git(tiny.folder, "commit", "--quiet", "-m", "Add")
    _, written = tiny.update()
    assert written
    assert (tiny.service / "a.txt").read_text() == "two\n"


def test_a_repository_with_other_hashes_is_updated(shop: Tiny) -> None:
    shutil.rmtree(shop.root / ".git")
    git(shop.root, "init", "--quiet", "--object-format=sha256")
    shop.commit()
    updates(shop)


def in_a_merge(shop: Tiny) -> None:
    other(shop)
    with pytest.raises(Exception, match="merge"):
        git(shop.root, "merge", "--quiet", "other")


def in_a_rebase(shop: Tiny) -> None:
    other(shop)
    with pytest.raises(Exception, match="rebase"):
        git(shop.root, "rebase", "--quiet", "other")


def in_a_cherry_pick(shop: Tiny) -> None:
    other(shop)
    with pytest.raises(Exception, match="cherry-pick"):
        git(shop.root, "cherry-pick", "other")


def in_a_bisect(shop: Tiny) -> None:
    shop.commit()
    git(shop.root, "bisect", "start", "HEAD", "HEAD~1")


def other(shop: Tiny) -> None:
    """A branch that changes what this one changes too."""
    git(shop.root, "checkout", "--quiet", "-b", "other", "HEAD~1")
    write(shop.service, {"b.txt": "theirs\n"})
    shop.commit()
    git(shop.root, "checkout", "--quiet", "main")


@pytest.mark.parametrize(
    ("begin", "word"),
    [
        (in_a_merge, "merge"), (in_a_rebase, "rebase"), (in_a_cherry_pick, "cherry-pick"),
        (in_a_bisect, "bisect"),
    ],
)  # fmt: skip
def test_what_git_is_in_the_middle_of_is_named(
    shop: Tiny, begin: Callable[[Tiny], None], word: str
) -> None:
    begin(shop)
    error = refused(shop, ConflictError, f"A {word} is not finished")
    assert f"git {word}" in error.hint


def test_a_service_that_is_not_committed_is_named_instead_of_taken_for_deleted(shop: Tiny) -> None:
    git(shop.root, "rm", "--quiet", "-r", "--cached", SERVICE)
    git(shop.root, "commit", "--quiet", "-m", "Forget it")
    refused(shop, ConflictError, f"{SERVICE} is not committed")


def test_a_service_that_is_a_submodule_is_named(shop: Tiny) -> None:
    git(shop.root, "rm", "--quiet", "-r", "--cached", SERVICE)
    git(shop.service, "init", "--quiet")
    git(shop.service, "add", "--all")
    git(shop.service, "commit", "--quiet", "-m", "Own history")
    git(shop.root, "-c", "advice.addEmbeddedRepo=false", "add", SERVICE)
    git(shop.root, "commit", "--quiet", "-m", "As a submodule")
    refused(shop, ConflictError, f"{SERVICE} is a submodule")


def test_a_submodule_beside_a_service_stays_as_it_is(shop: Tiny) -> None:
    submodule(shop, "vendor/lib")
    updates(shop)
    assert (shop.root / "vendor/lib/own.txt").read_text() == "own\n"


def test_a_submodule_where_the_template_adds_a_file_is_a_conflict(shop: Tiny) -> None:
    shop.release("v3.0.0", {"a.txt": "three\n", "b.txt": "b\n", "lib/x.txt": "x\n"})
    shop.record("v3.0.0")
    submodule(shop, f"{SERVICE}/lib")
    before = read_tree(shop.root)
    planned, written = shop.update()
    assert planned.conflicts
    assert not written
    assert read_tree(shop.root) == before


def submodule(shop: Tiny, path: str) -> None:
    place = shop.root / path
    write(place, {"own.txt": "own\n"})
    git(place, "init", "--quiet")
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "-m", "Own history")
    git(shop.root, "-c", "advice.addEmbeddedRepo=false", "add", "--all")
    git(shop.root, "commit", "--quiet", "-m", "With a submodule")


def test_an_answers_file_that_is_no_yaml_any_more_is_named(shop: Tiny) -> None:
    (shop.root / ANSWERS).write_text("{{{\n")
    shop.commit()
    refused(shop, UnreadableAnswersError, "cannot be read")


def test_an_answer_edited_by_hand_and_not_committed_is_never_written_over(shop: Tiny) -> None:
    path = shop.root / ANSWERS
    path.write_text(path.read_text().replace("port: 8600", "port: 8601"))
    refused(shop, ConflictError, "not committed")


def test_an_answer_edited_by_hand_and_committed_is_kept(shop: Tiny) -> None:
    path = shop.root / ANSWERS
    path.write_text(path.read_text().replace("port: 8600", "port: 8601"))
    shop.commit()
    updates(shop)
    assert "port: 8601" in path.read_text()
    assert "_commit: v2.0.0" in path.read_text()


def test_a_version_that_was_rewritten_away_is_named_with_what_to_do(shop: Tiny) -> None:
    edit_recorded(shop, "v1.0.0-3-gdeadbee")
    error = refused(shop, UsageError, "orders was rendered from v1.0.0-3-gdeadbee")
    assert "generator adopt" in error.hint


def test_a_version_newer_than_any_here_asks_for_a_newer_generator(shop: Tiny) -> None:
    edit_recorded(shop, "v9.0.0")
    assert "install a newer generator" in refused(shop, UsageError, "v9.0.0").hint


def edit_recorded(shop: Tiny, version: str) -> None:
    path = shop.root / ANSWERS
    path.write_text(path.read_text().replace("_commit: v1.0.0", f"_commit: {version}"))
    shop.commit()


def test_nobody_goes_back_to_an_older_version_unless_it_is_named(shop: Tiny) -> None:
    updates(shop)
    shop.record("v1.0.0")
    shop.commit()
    refused(shop, UsageError, r"v2\.0\.0, which is newer than v1\.0\.0")
    _, written = shop.update(to="v1.0.0")
    assert written
    assert (shop.service / "a.txt").read_text() == "one\n"


def test_a_source_that_nobody_can_reach_is_named_and_nothing_is_written(
    shop: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(shop.folder / "cold"))
    shop.templates.rename(shop.folder / "elsewhere")
    refused(shop, SourceUnreachableError, "cannot be fetched")


@contextmanager
def full_disk(most: int) -> Iterator[None]:
    """No file can become larger than this."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# Copier leaves its list of a folder open where it fails in between.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("warm", [False, True], ids=["fetching", "rendering"])
def test_a_disk_that_is_full_is_named_and_nothing_is_written(shop: Tiny, *, warm: bool) -> None:
    shop.release("v3.0.0", {"a.txt": noise(120_000), "b.txt": "b\n"})
    shop.record("v3.0.0")
    shop.commit()
    if warm:
        preview_update(shop.workspace, shop.request(), shop.said.append)
    with full_disk(100_000):
        refused(shop, DiskError, "File too large")
    updates_to(shop, noise(120_000))


def test_a_disk_that_is_full_for_git_is_named_too(shop: Tiny) -> None:
    write(shop.folder / "rendered", {"a.txt": noise(120_000)})
    with (
        scratch_beside(shop.root) as scratch,
        full_disk(10_000),
        pytest.raises(DiskError, match="the disk is full"),
    ):
        scratch.add_folder(shop.folder / "rendered")


def noise(size: int) -> str:
    """A text that cannot be compressed."""
    return random.Random(size).randbytes(size // 2).hex()  # noqa: S311 - no secret


def test_status_tells_of_what_is_ahead(shop: Tiny) -> None:
    updates(shop)
    shop.record("v1.0.0")
    shop.commit()
    status = workspace_status(shop.workspace, shop.said.append)
    orders = next(project for project in status.projects if project.name == "orders")
    assert orders.rendered is not None
    assert orders.rendered.is_ahead
    assert not orders.is_behind


def test_what_is_not_committed_elsewhere_stays_as_it_is(shop: Tiny) -> None:
    write(shop.root, {"notes.txt": "mine\n", f"{SERVICE}/own.txt": "own\n"})
    (shop.service / "b.txt").write_text("edited, not committed\n")
    _, written = shop.update()
    assert written
    assert (shop.service / "b.txt").read_text() == "edited, not committed\n"
    assert (shop.root / "notes.txt").read_text() == "mine\n"
