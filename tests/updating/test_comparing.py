"""Status, diff, why and heal tell what came from a template and what from a person."""

import pytest

from generator.changes import views
from generator.errors import ConflictError, UsageError
from generator.rendering.trees import read_tree
from generator.usecases.differences import Difference, own_changes, template_changes
from generator.usecases.heal import HealRequest, heal, preview_heal
from generator.usecases.provenance import Provenance, provenance_of
from generator.usecases.status import ProjectStatus, workspace_status
from tests.support.checkout import git
from tests.support.tiny import MANIFEST, SERVICE, Tiny, write

SETTINGS = """\
name = "{{ service_name }}"
fixed = true
{% if example -%}
example = "{{ colour }}"
{% endif -%}
last = {{ port }}
"""
QUESTIONS = """\
example: {type: bool, default: true}
colour: {type: str, default: red}
"""
OWNED = f"{MANIFEST}template_owned: [ruff.toml, 'ci/*']\n"


@pytest.fixture
def shop(tiny: Tiny) -> Tiny:
    """A service as it was rendered, whose template owns two of its files."""
    old = {
        "template.yml": OWNED, "a.txt": "one\ntwo\nthree\n", "ruff.toml": "line-length = 100\n",
        "ci/run": "run\n", "settings.toml.jinja": SETTINGS,
        "{% if example %}example.txt{% endif %}.jinja": "{{ colour }}\n",
    }  # fmt: skip
    tiny.release("v1.0.0", old, questions=QUESTIONS)
    tiny.release("v2.0.0", old | {"a.txt": "one\nTWO\nthree\n"}, questions=QUESTIONS)
    tiny.render("v1.0.0")
    tiny.record("v1.0.0")
    tiny.commit()
    return tiny


def status(shop: Tiny) -> ProjectStatus:
    found = workspace_status(shop.workspace, shop.said.append)
    return next(project for project in found.projects if project.name == "orders")


def test_a_service_as_it_was_rendered_is_current(shop: Tiny) -> None:
    found = status(shop)
    assert found.is_current
    assert (found.edited, found.drifted, found.deleted, found.missing) == ((), (), (), ())
    assert found.facts is not None
    assert (found.facts.port, found.facts.last_green) == (8600, None)


def test_edits_are_told_from_drift_and_from_what_was_deleted_or_never_there(shop: Tiny) -> None:
    write(shop.service, {"a.txt": "mine\n", "ruff.toml": "line-length = 80\n"})
    (shop.service / "template.yml").write_text(f"{OWNED}# mine\n")
    (shop.service / "settings.toml").unlink()
    (shop.service / "ci/run").chmod(0o755)
    found = status(shop)
    assert found.edited == ("a.txt",)
    assert set(found.drifted) == {"ci/run", "ruff.toml", "template.yml"}
    assert found.deleted == ("settings.toml",)
    assert not found.is_current


def test_what_the_answers_ask_for_and_was_never_there_is_missing(tiny: Tiny) -> None:
    conditional = {"{% if example %}example.txt{% endif %}.jinja": "e\n", "a.txt": "a\n"}
    tiny.release("v1.0.0", conditional, questions=QUESTIONS)
    tiny.render("v1.0.0", example=False)
    answers = tiny.service / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace("example: false", "example: true"))
    tiny.record("v1.0.0")
    tiny.commit()
    found = status(tiny)
    assert found.missing == ("example.txt",)
    assert not found.is_current


def test_what_was_rendered_is_remembered_and_an_answer_makes_it_anew(shop: Tiny) -> None:
    assert status(shop).edited == ()
    kept = list((shop.folder / "xdg_cache_home/generator/rendered").iterdir())
    assert len(kept) == 1
    assert status(shop).edited == ()
    assert list((shop.folder / "xdg_cache_home/generator/rendered").iterdir()) == kept
    answers = shop.service / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace("colour: red", "colour: blue"))
    assert set(status(shop).edited) == {"settings.toml", "example.txt"}


def test_a_diff_shows_what_a_person_changed_added_and_removed(shop: Tiny) -> None:
    write(shop.service, {"a.txt": "one\nmine\nthree\n", "own.txt": "own\n"})
    (shop.service / "settings.toml").unlink()

    def shown(difference: Difference) -> str:
        return views.diff(difference.before, difference.changes)

    text = own_changes(shop.workspace, "orders", shown)
    assert "-two\n+mine\n" in text
    assert f"+++ b/{SERVICE}/own.txt" in text
    assert f"--- a/{SERVICE}/settings.toml" in text
    assert "ruff.toml" not in text
    # What it shows is what git applies to the service as it was rendered.
    git(shop.root, "stash", "--quiet", "--include-untracked")
    (shop.folder / "patch").write_text(text)
    git(shop.root, "apply", "--check", str(shop.folder / "patch"))


def test_a_diff_of_the_template_shows_its_changes_and_none_of_a_persons(shop: Tiny) -> None:
    write(shop.service, {"a.txt": "one\ntwo\nmine\n"})
    shop.record("v2.0.0")

    def shown(difference: Difference) -> str:
        return views.diff(difference.before, difference.changes)

    text = template_changes(shop.workspace, "orders", shown)
    assert "-two\n+TWO\n" in text
    assert "mine" not in text
    assert template_changes(shop.workspace, "orders", shown, to="v1.0.0") == ""


def why(shop: Tiny, path: str, line: int = 0) -> Provenance:
    return provenance_of(shop.workspace, f"{SERVICE}/{path}", line=line)


def test_a_file_names_its_template_file_its_version_and_its_answers(shop: Tiny) -> None:
    found = why(shop, "settings.toml")
    assert (found.owner, found.reason) == ("template", "as it was rendered")
    assert found.project is not None
    assert (found.project.template, found.project.current.version) == ("tiny", "v1.0.0")
    assert found.origin is not None
    assert found.origin.path == "templates/tiny/settings.toml.jinja"
    assert found.answers == {
        "service_name": "orders", "example": True, "colour": "red", "port": 8600,
    }  # fmt: skip


def test_a_file_that_an_answer_decides_on_names_it(shop: Tiny) -> None:
    found = why(shop, "example.txt")
    assert found.origin is not None
    assert found.origin.path == "templates/tiny/{% if example %}example.txt{% endif %}.jinja"
    assert found.answers == {"example": True, "colour": "red"}


@pytest.mark.parametrize(
    ("line", "source", "answers"),
    [
        (1, (1, 1), {"service_name": "orders"}),
        (2, (2, 2), {}),
        (4, (6, 6), {"port": 8600}),
    ],
)
def test_a_line_names_the_template_line_and_its_answers(
    shop: Tiny, line: int, source: tuple[int, int], answers: dict[str, object]
) -> None:
    found = why(shop, "settings.toml", line)
    assert found.origin is not None
    assert (found.origin.lines, found.answers) == (source, answers)


def test_a_line_that_a_person_wrote_is_theirs_and_those_below_stay_the_templates(
    shop: Tiny,
) -> None:
    write(shop.service, {"a.txt": "one\nmine\ntwo\nthree\n"})
    assert why(shop, "a.txt", 2).owner == "you"
    moved = why(shop, "a.txt", 3)
    assert moved.owner == "template"
    assert moved.origin is not None
    assert moved.origin.lines == (2, 2)


def test_files_of_a_persons_own_and_generated_ones_are_told(shop: Tiny) -> None:
    write(shop.service, {"own.txt": "own\n"})
    write(shop.root, {"wiring/x.yaml": "x\n"})
    assert why(shop, "own.txt").owner == "you"
    assert provenance_of(shop.workspace, "wiring/x.yaml").owner == "wiring"


def test_a_file_or_a_line_that_there_is_not_is_named(shop: Tiny) -> None:
    with pytest.raises(UsageError, match=r"nothing\.txt"):
        why(shop, "nothing.txt")
    with pytest.raises(UsageError, match="no line 9"):
        why(shop, "a.txt", 9)


def test_healing_puts_back_what_only_the_template_changes_and_nothing_else(shop: Tiny) -> None:
    before = read_tree(shop.root)
    write(shop.service, {"a.txt": "mine\n", "ruff.toml": "line-length = 80\n"})
    (shop.service / "ci/run").unlink()
    shop.commit()
    drifted = read_tree(shop.root)
    changes = preview_heal(shop.workspace, HealRequest(), shop.said.append)
    assert changes.paths == (f"{SERVICE}/ci/run", f"{SERVICE}/ruff.toml")
    assert read_tree(shop.root) == drifted
    heal(shop.workspace, HealRequest(), shop.said.append)
    assert read_tree(shop.root) == before | {f"{SERVICE}/a.txt": "644\nmine\n"}
    assert not heal(shop.workspace, HealRequest(), shop.said.append)


def test_a_file_that_is_named_is_put_back_whoever_may_change_it(shop: Tiny) -> None:
    write(shop.service, {"a.txt": "mine\n"})
    shop.commit()
    heal(shop.workspace, HealRequest(files=(f"{SERVICE}/a.txt",)), shop.said.append)
    assert (shop.service / "a.txt").read_text() == "one\ntwo\nthree\n"
    with pytest.raises(UsageError, match=r"own\.txt is rendered by no template"):
        heal(shop.workspace, HealRequest(files=(f"{SERVICE}/own.txt",)), shop.said.append)


def test_healing_never_loses_what_is_not_committed(shop: Tiny) -> None:
    write(shop.service, {"ruff.toml": "mine, not committed\n"})
    before = read_tree(shop.root)
    with pytest.raises(ConflictError, match=r"ruff\.toml"):
        heal(shop.workspace, HealRequest(), shop.said.append)
    assert read_tree(shop.root) == before
