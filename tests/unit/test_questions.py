"""The questionnaire of this repository, and the check of answers against it."""

from pathlib import Path

import pytest

from generator.catalog import read_manifests
from generator.errors import AnswerRefusedError, TemplateError
from generator.rendering.questions import Question, check_answers, read_questions

ROOT = Path(__file__).resolve().parent.parent.parent
SERVICE = read_questions(ROOT, "data-postgres")


@pytest.mark.parametrize("template", [spec.name for spec in read_manifests(ROOT)])
def test_at_most_eight_questions_are_asked_and_each_says_what_for(template: str) -> None:
    asked = [q for q in read_questions(ROOT, template) if not q.computed]
    assert 0 < len(asked) <= 8
    assert all(question.help for question in asked)


def test_a_template_sees_its_own_questions_only() -> None:
    assert "workspace_name" not in {question.name for question in SERVICE}
    names = {question.name for question in read_questions(ROOT, "workspace")}
    assert names == {"template", "workspace_name", "description", "owner", "env_prefix", "db_name"}


def test_text_is_turned_into_the_type_that_the_question_wants() -> None:
    checked = check_answers(SERVICE, {"port": "8201", "example": "false", "description": "8201"})
    assert checked == {"port": 8201, "example": False, "description": "8201"}


@pytest.mark.parametrize(
    ("key", "value", "cause", "cure"),
    [
        ("prot", "1", "no answer 'prot'", "Did you mean port?"),
        ("nonsense", "1", "no answer 'nonsense'", "Answers: "),
        ("workspace_name", "x", "no answer 'workspace_name'", "Answers: "),
        ("_commit", "v9", "no answer '_commit'", "Answers: "),
        ("db_name", "x", "db_name is computed", "follows the name"),
        ("port", "eighty", "port is 'eighty'", "type int"),
        ("port", True, "port is True", "type int"),
        ("port", "8200.5", "port is 8200.5", "type int"),
        ("example", "maybe", "example is 'maybe'", "type bool"),
        ("example", 1, "example is 1", "type bool"),
        ("description", 5, "description is 5", "type str"),
        ("description", ["a"], "description is ['a']", "type str"),
        ("description", None, "description is None", "type str"),
        ("description", "\udcff", "description is", "UTF-8"),
        ("port", "[", "port is '['", "type int"),
    ],
)
def test_what_copier_would_take_silently_is_refused(
    key: str, value: object, cause: str, cure: str
) -> None:
    with pytest.raises(AnswerRefusedError) as refused:
        check_answers(SERVICE, {key: value})
    assert cause in refused.value.message
    assert cure in refused.value.hint


def test_a_long_wrong_answer_is_shortened_in_the_message() -> None:
    with pytest.raises(AnswerRefusedError) as refused:
        check_answers(SERVICE, {"port": "x" * 10_000})
    assert len(refused.value.message) < 120


def questions_of(folder: Path, text: str) -> dict[str, Question]:
    (folder / "copier.yml").write_text(text)
    return {question.name: question for question in read_questions(folder, "orders")}


def test_defaults_choices_and_conditions_follow_the_answers_before(tmp_path: Path) -> None:
    asked = questions_of(
        tmp_path,
        "plain: 5\n"
        'slug: {type: str, default: "{{ name | lower }}"}\n'
        'size: {type: str, choices: {Small: s, "{{ name }}": l}}\n'
        'courier: {type: str, default: bike, when: "{{ express }}"}\n'
        """other: {type: str, when: "{{ template == 'another' }}"}\n""",
    )
    assert "other" not in asked
    assert (asked["plain"].kind, asked["plain"].default_after({})) == ("int", 5)
    assert asked["slug"].default_after({"name": "ACME"}) == "acme"
    assert asked["size"].choices_after({"name": "Big"}) == (("Small", "s"), ("Big", "l"))
    assert asked["size"].required
    assert asked["courier"].is_asked({"express": True})
    assert not asked["courier"].is_asked({"express": False})


def test_a_validator_says_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    validator = "{% if amount > limit %}At most\\n{{ limit }}.{% endif %}"
    asked = questions_of(tmp_path, f'amount: {{type: int, validator: "{validator}"}}\n')
    assert asked["amount"].fault_of("8", {"limit": 7}) == "At most 7."
    assert asked["amount"].fault_of("7", {"limit": 7}) == ""
    assert "type int" in asked["amount"].fault_of("many", {"limit": 7})


def test_marks_of_the_repository_own_are_taken(tmp_path: Path) -> None:
    asked = questions_of(
        tmp_path,
        '_envops: {variable_start_string: "[[", variable_end_string: "]]"}\n'
        'slug: {type: str, default: "[[ name ]]"}\n',
    )
    assert asked["slug"].default_after({"name": "acme"}) == "acme"


@pytest.mark.parametrize("written", ["{{ name", "{{ name | nonsense }}", "{{ 1 / 0 }}"])
def test_what_cannot_be_evaluated_is_named(tmp_path: Path, written: str) -> None:
    with pytest.raises(TemplateError) as refused:
        questions_of(tmp_path, f'slug: {{type: str, help: "{written}"}}\n')
    assert written in refused.value.message
