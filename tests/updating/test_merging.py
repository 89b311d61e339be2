"""What people changed and what templates changed come together file by file; none is lost."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.git.scratch import head_tree, scratch_beside
from generator.updating.merging import plan_merge
from generator.updating.model import MergePlan, Outcome, Project
from tests.support.checkout import git

LINES = [f"line {number}\n" for number in range(20)]
Files = Mapping[str, str]


def text(**changes: str) -> str:
    """Twenty lines, some of them replaced: `text(at3="mine")`."""
    lines = list(LINES)
    for place, line in changes.items():
        lines[int(place.removeprefix("at"))] = f"{line}\n"
    return "".join(lines)


def write(folder: Path, files: Files) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    folder.mkdir(exist_ok=True)
    return folder


class Update:
    """A workspace with one service, `services/x`, and the two versions of its template."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.root = folder / "shop"
        self.result: dict[str, str] = {}

    def __call__(
        self, *, old: Files, new: Files, mine: Files, folder: str = "services/x"
    ) -> MergePlan:
        write(self.root / folder, mine)
        git(self.root.parent, "init", "--quiet", str(self.root))
        git(self.root, "add", "--all", "--force")
        git(self.root, "commit", "--quiet", "-m", "as people have it")
        project = Project(
            folder=folder,
            old=write(self._folder / "old", old),
            new=write(self._folder / "new", new),
        )
        before = self.objects()
        with scratch_beside(self.root) as scratch:
            plan = plan_merge(scratch, head_tree(self.root), [project])
            scratch.check_out(plan.after, self._folder / "result")
        assert self.objects() == before, "the person's repository has new objects"
        result = self._folder / "result"
        self.result = {
            path.relative_to(result / folder).as_posix(): path.read_text()
            for path in (result / folder).rglob("*")
            if path.is_file()
        }
        return plan

    def objects(self) -> list[Path]:
        return sorted((self.root / ".git/objects").rglob("*"))


@pytest.fixture
def update(tmp_path: Path) -> Update:
    return Update(tmp_path)


def outcomes(plan: MergePlan, folder: str = "services/x") -> dict[str, Outcome]:
    return {file.path.removeprefix(f"{folder}/"): file.outcome for file in plan.files}


def test_what_the_template_changed_arrives_and_what_nobody_changed_is_not_mentioned(
    update: Update,
) -> None:
    plan = update(
        old={"a.py": text(), "same.py": "same\n", "gone.py": "gone\n"},
        new={"a.py": text(at3="theirs"), "same.py": "same\n", "new.py": "new\n"},
        mine={"a.py": text(), "same.py": "same\n", "gone.py": "gone\n"},
    )
    assert outcomes(plan) == {
        "a.py": Outcome.UPDATED,
        "gone.py": Outcome.REMOVED,
        "new.py": Outcome.ADDED,
    }
    assert update.result == {"a.py": text(at3="theirs"), "same.py": "same\n", "new.py": "new\n"}


def test_edits_on_different_lines_are_merged(update: Update) -> None:
    plan = update(
        old={"a.py": text()}, new={"a.py": text(at15="theirs")}, mine={"a.py": text(at3="mine")}
    )
    assert outcomes(plan) == {"a.py": Outcome.MERGED}
    assert update.result == {"a.py": text(at3="mine", at15="theirs")}


def test_edits_on_the_same_line_are_a_conflict_with_all_three_versions(update: Update) -> None:
    plan = update(
        old={"a.py": text()}, new={"a.py": text(at3="theirs")}, mine={"a.py": text(at3="mine")}
    )
    assert outcomes(plan) == {"a.py": Outcome.CONFLICT}
    assert set(plan.stages["services/x/a.py"]) == {1, 2, 3}
    assert all(word in update.result["a.py"] for word in ("mine", "line 3", "theirs", "|||||||"))


def test_a_file_of_the_persons_own_and_an_edit_the_template_leaves_alone_stay(
    update: Update,
) -> None:
    mine = {"a.py": text(at3="mine"), "own.py": "own\n"}
    plan = update(old={"a.py": text()}, new={"a.py": text()}, mine=mine)
    assert plan.files == ()
    assert plan.touched == ()
    assert update.result == mine


def test_what_a_person_deleted_stays_deleted_also_when_the_template_goes_on_with_it(
    update: Update,
) -> None:
    plan = update(
        old={"a.py": text(), "b.py": text()},
        new={"a.py": text(at3="theirs"), "b.py": text()},
        mine={"c.py": "c\n"},
    )
    assert outcomes(plan) == {"a.py": Outcome.KEPT}
    assert not plan.conflicts
    assert update.result == {"c.py": "c\n"}


def test_a_removal_never_takes_a_persons_edits_with_it(update: Update) -> None:
    plan = update(old={"a.py": text()}, new={"b.py": "b\n"}, mine={"a.py": text(at3="mine")})
    assert outcomes(plan) == {"a.py": Outcome.CONFLICT, "b.py": Outcome.ADDED}
    assert "removed" in plan.conflicts[0].reason


def test_edits_follow_a_file_that_the_template_renamed(update: Update) -> None:
    plan = update(
        old={"a.py": text()}, new={"b.py": text(at15="theirs")}, mine={"a.py": text(at3="mine")}
    )
    [file] = plan.files
    assert (file.outcome, file.path, file.renamed_from) == (
        Outcome.RENAMED, "services/x/b.py", "services/x/a.py",
    )  # fmt: skip
    assert update.result == {"b.py": text(at3="mine", at15="theirs")}


def test_the_templates_edits_follow_a_file_that_a_person_renamed(update: Update) -> None:
    plan = update(
        old={"a.py": text()}, new={"a.py": text(at15="theirs")}, mine={"mine.py": text(at3="mine")}
    )
    assert outcomes(plan) == {"mine.py": Outcome.MERGED}
    assert update.result == {"mine.py": text(at3="mine", at15="theirs")}


def test_the_same_file_added_on_both_sides_with_other_contents_is_a_conflict(
    update: Update,
) -> None:
    plan = update(
        old={"a.py": "a\n"},
        new={"a.py": "a\n", "b.py": "theirs\n"},
        mine={"a.py": "a\n", "b.py": "mine\n"},
    )
    assert outcomes(plan) == {"b.py": Outcome.CONFLICT}
    assert "added it" in plan.conflicts[0].reason


def test_a_change_that_a_person_had_made_already_is_kept(update: Update) -> None:
    plan = update(
        old={"a.py": text()}, new={"a.py": text(at3="same")}, mine={"a.py": text(at3="same")}
    )
    assert outcomes(plan) == {"a.py": Outcome.KEPT}
    assert plan.touched == ()


def test_the_record_of_the_version_is_rewritten_however_it_looked(update: Update) -> None:
    record = ".copier-answers.yml"
    plan = update(
        old={record: "_commit: v1\n"}, new={record: "_commit: v2\n"},
        mine={record: "# by another tool\n_commit: 'v1'\n"},
    )  # fmt: skip
    assert not plan.conflicts
    assert update.result == {record: "_commit: v2\n"}


def test_the_workspaces_own_update_leaves_services_and_wiring_alone(update: Update) -> None:
    mine = {
        "Makefile": text(at3="mine"), "services/x/a.py": "a\n", "wiring/compose.yaml": "c\n",
        "own/notes.md": "n\n", "uv.lock": "lock\n",
    }  # fmt: skip
    plan = update(
        old={"Makefile": text()}, new={"Makefile": text(at15="theirs")}, mine=mine, folder=""
    )
    assert [(file.path, file.outcome) for file in plan.files] == [("Makefile", Outcome.MERGED)]
    assert update.result == mine | {"Makefile": text(at3="mine", at15="theirs")}


def test_names_that_are_no_text_and_modes_and_links_come_through(
    update: Update, tmp_path: Path
) -> None:
    (tmp_path / "shop/services/x").mkdir(parents=True)
    (tmp_path / "shop/services/x/link").symlink_to("a.py")
    (tmp_path / "shop/services/x/run").write_text("run\n")
    (tmp_path / "shop/services/x/run").chmod(0o755)
    plan = update(
        old={"a.py": "a\n"}, new={"a.py": "b\n"}, mine={"a.py": "a\n", "naïve \n.py": "x"}
    )
    assert outcomes(plan) == {"a.py": Outcome.UPDATED}
    result = tmp_path / "result/services/x"
    assert (result / "link").readlink() == Path("a.py")
    assert (result / "run").stat().st_mode & 0o111
    assert (result / "naïve \n.py").read_text() == "x"
