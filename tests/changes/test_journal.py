"""An interrupted change is taken back without losing what a person did since."""

import json
import shutil
from functools import partial
from pathlib import Path

import pytest

from generator.changes import ChangeSet, Write, apply, is_interrupted, recover, state_of
from generator.errors import ConflictError, DestinationRefusedError
from tests.changes.conftest import Changes, Tree, leftovers, read
from tests.support.steps import killed, steps_of


@pytest.fixture
def half(root: Path, changes: Changes, tmp_path: Path) -> Path:
    """The folder after a kill before the last step of the change."""
    folder = tmp_path / "half"
    shutil.copytree(root, folder, symlinks=True)
    change = changes()
    made = steps_of(partial(apply, root, change))
    *_, last, _ = (number for number, call in enumerate(made, 1) if call.startswith("rename"))
    assert killed(partial(apply, folder, change), last)
    assert is_interrupted(folder)
    return folder


@pytest.fixture
def before(root: Path) -> Tree:
    return read(root)


@pytest.mark.parametrize(
    "path", ["changed", "new", "made/of/two", "file-turned-folder/inside", "gone"]
)
def test_what_a_person_changed_since_is_named_and_stays(
    before: Tree, half: Path, path: str
) -> None:
    (half / path).write_text("a person's")
    edited = read(half)
    with pytest.raises(ConflictError, match=f"{half / path} was changed") as refused:
        recover(half)
    assert "generator sync --force" in refused.value.hint
    assert read(half) == edited
    recovery = recover(half, force=True)
    assert recovery
    assert not recovery.complete
    assert (half / path).read_text() == "a person's"
    assert not is_interrupted(half)
    untouched = {name for name in before if not path.startswith(name)}
    assert {name: read(half).get(name) for name in untouched} == {
        name: before[name] for name in untouched
    }


def test_what_an_edited_file_had_replaced_is_kept_aside(half: Path) -> None:
    (half / "changed").write_text("a person's")
    recovery = recover(half, force=True)
    assert recovery
    assert recovery.kept == ("changed",)
    kept = [path.read_bytes() for path in (half / recovery.aside).iterdir() if path.is_file()]
    assert b"old\r\n" in kept


def test_what_others_put_into_a_new_folder_stays_there(before: Tree, half: Path) -> None:
    (half / "made/of/theirs").write_text("an editor's")
    recovery = recover(half)
    assert recovery
    assert not recovery.complete
    left = set(read(half)) - set(before)
    assert left == {"made", "made/of", "made/of/theirs"}


STATE = {"mode": 0o100644, "digest": "0"}
STEP = {
    "do": "place", "path": "new", "slot": "n0", "backup": "", "before": None, "after": STATE,
}  # fmt: skip
JOURNALS = {
    "nothing": "",
    "half": '{"schema": 1, "st',
    "no object": "[]",
    "a later one": '{"schema": 2, "title": "x", "steps": []}',
    "no steps": '{"schema": 1, "title": "x", "steps": 3}',
    "an unknown step": '{"schema": 1, "title": "x", "steps": [{"do": "run", "path": "a"}]}',
    "deep": "[" * 100_000,
    "bytes": "\udcff",
    **{
        path: json.dumps({"schema": 1, "title": "x", "steps": [{**STEP, "path": path}]})
        for path in ("../out", ".git/hooks/post-commit", "/etc/passwd", ".generator/lock")
    },
    "a slot outside": json.dumps(
        {"schema": 1, "title": "x", "steps": [{**STEP, "slot": "../../x"}]}
    ),
}


@pytest.mark.parametrize("text", JOURNALS.values(), ids=JOURNALS.keys())
def test_a_journal_that_cannot_be_read_is_told_and_put_aside_by_force(
    root: Path, before: Tree, text: str
) -> None:
    steps = root / ".generator/journal/steps.json"
    steps.parent.mkdir(parents=True)
    steps.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConflictError, match=r"journal/steps\.json cannot be read") as refused:
        recover(root)
    assert "generator sync --force" in refused.value.hint
    recovery = recover(root, force=True)
    assert recovery
    assert (root / recovery.aside / "steps.json").is_file()
    assert not is_interrupted(root)
    assert recover(root) is None
    assert read(root) == before


def test_but_for_its_path_such_a_step_can_be_read(root: Path) -> None:
    steps = root / ".generator/journal/steps.json"
    steps.parent.mkdir(parents=True)
    steps.write_text(json.dumps({"schema": 1, "title": "x", "steps": [STEP]}))
    recovery = recover(root)
    assert recovery
    assert recovery.title == "x"


@pytest.mark.parametrize("place", [".generator", ".generator/journal"])
def test_a_planted_link_in_place_of_the_journal_is_not_followed(
    root: Path, tmp_path: Path, place: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "steps.json").write_text('{"schema": 1, "title": "x", "steps": []}')
    (root / place).parent.mkdir(exist_ok=True)
    (root / place).symlink_to(outside)
    change = ChangeSet.of("try", [Write(path="new", content=b"x", expects=state_of(root, "new"))])
    for work in (partial(recover, root), partial(apply, root, change)):
        with pytest.raises(
            (DestinationRefusedError, ConflictError), match=r"link|cannot be read|dir"
        ):
            work()
    assert [path.name for path in outside.iterdir()] == ["steps.json"]
    assert not (root / "new").exists()


def test_nothing_is_left_when_nothing_was_interrupted(root: Path, changes: Changes) -> None:
    assert recover(root) is None
    apply(root, changes())
    assert leftovers(root) == []
    assert recover(root) is None
