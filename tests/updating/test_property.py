"""Whatever a person and a template do to a few files: what either wrote is there, or is told of."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.git.scratch import head_tree, scratch_beside
from generator.updating.merging import plan_merge
from generator.updating.model import MergePlan, Outcome, Project
from tests.support.checkout import git
from tests.support.tiny import SERVICE, write

FILES = ("a.txt", "b.txt", "deep/c.txt")
LENGTH = 12
KINDS = ("keep", "edit", "delete", "rename", "rename-edit", "folder", "add")


@dataclass(frozen=True)
class Edit:
    """What one side does to one file."""

    kind: str
    line: int

    def files(self, path: str, token: str) -> dict[str, str]:
        """What becomes of the file; what is written is found again by the token."""
        edited = lines(path, {self.line: token})
        return {
            "keep": {path: lines(path, {})},
            "edit": {path: edited},
            "delete": {},
            "rename": {f"{path}.{token}": lines(path, {})},
            "rename-edit": {f"{path}.{token}": edited},
            "folder": {f"{path}/{token}": f"{token}\n"},
            "add": {path: lines(path, {}), f"new-{token}": f"{token}\n"},
        }[self.kind]

    @property
    def writes(self) -> bool:
        return self.kind in {"edit", "rename-edit", "folder", "add"}


def lines(path: str, changed: Mapping[int, str]) -> str:
    return "".join(f"{changed.get(n, f'{path} line {n}')}\n" for n in range(LENGTH))


def token(side: str, path: str) -> str:
    return f"{side}-{path.replace('/', '-')}"


edits = st.builds(Edit, st.sampled_from(KINDS), st.integers(0, LENGTH - 1))
sides = st.fixed_dictionaries(dict.fromkeys(FILES, edits))


def tree(side: str, changed: Mapping[str, Edit]) -> dict[str, str]:
    return {
        name: text
        for path, edit in changed.items()
        for name, text in edit.files(path, token(side, path)).items()
    }


def merge(place: Path, mine: Mapping[str, Edit], theirs: Mapping[str, Edit]) -> MergePlan:
    """Merge both sides; what comes out is in the folder `result`."""
    base = {path: lines(path, {}) for path in FILES}
    for name, files in (("old", base), ("new", tree("theirs", theirs))):
        (place / name).mkdir()
        write(place / name, files)
    write(place / "shop" / SERVICE, {"own.txt": "own\n", **tree("mine", mine)})
    git(place, "init", "--quiet", "shop")
    git(place / "shop", "add", "--all")
    git(place / "shop", "commit", "--quiet", "-m", "As people have it")
    project = Project(folder=SERVICE, old=place / "old", new=place / "new")
    with scratch_beside(place / "shop") as scratch:
        plan = plan_merge(scratch, head_tree(place / "shop"), [project])
        scratch.check_out(plan.after, place / "result")
    return plan


@settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(mine=sides, theirs=sides)
def test_nothing_is_lost_without_being_told(
    mine: Mapping[str, Edit], theirs: Mapping[str, Edit]
) -> None:
    with tempfile.TemporaryDirectory(prefix="property-") as name:
        place = Path(name)
        plan = merge(place, mine, theirs)
        result = [path for path in (place / "result").rglob("*") if path.is_file()]
        text = "".join(path.read_text() for path in result)
    told = " ".join(file.path for file in plan.files if file.outcome in TOLD)
    for path, edit in mine.items():
        assert not edit.writes or token("mine", path) in text, (path, plan.files)
    for path, edit in theirs.items():
        kept = path in told or token("theirs", path) in told
        assert not edit.writes or token("theirs", path) in text or kept, (path, plan.files)
        if mine[path].kind == "keep" and not plan.conflicts:
            for name in edit.files(path, token("theirs", path)):
                assert any(str(found).endswith(f"{SERVICE}/{name}") for found in result), name
    assert any(found.name == "own.txt" for found in result)


TOLD = frozenset({Outcome.CONFLICT, Outcome.KEPT})
