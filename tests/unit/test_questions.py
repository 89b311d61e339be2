"""The questionnaire of this repository, and the check of answers against it."""

from pathlib import Path

import pytest

from generator.catalog import read_manifests
from generator.errors import AnswerRefusedError
from generator.rendering.questions import check_answers, read_questions

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
