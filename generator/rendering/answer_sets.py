"""Reads the supported variants of a template: the answer sets that it is tested with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from generator.errors import AnswerRefusedError, TemplateError
from generator.rendering.own_questions import template_folder
from generator.rendering.questions import Question, check_answers

# In a template's folder, and no part of what is rendered from it.
ANSWER_SETS = "answer-sets.yml"
# The name of the set that needs none.
_PLAIN = "default"


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerSet:
    """One supported variant of a template.

    Attributes:
        name: the template's name; of every variant but the plain one `TEMPLATE--VARIANT`.
        template: the template.
        data: the answers that it gives, without the template's name.
    """

    name: str
    template: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, Any]:
        """All answers to give, the template's name included."""
        return {"template": self.template, **self.data}


def read_answer_sets(root: Path, template: str) -> tuple[AnswerSet, ...]:
    """The answer sets of a template, as its folder has them; one of defaults where it has none.

    Raises:
        TemplateError: when the file cannot be read, or holds no answer sets.
    """
    path = template_folder(root, template) / ANSWER_SETS
    try:
        sets = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        sets = {_PLAIN: {}}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        said = " ".join(str(error).split())
        raise TemplateError(f"{path} cannot be read: {said}.") from error
    if not sets or not isinstance(sets, dict) or not all(map(_is_answers, sets.values())):
        raise TemplateError(
            f"{path} holds no answer sets.",
            hint="Write a name and the answers under it: express: {service_name: orders}",
        )
    return tuple(
        AnswerSet(
            name=template if name == _PLAIN else f"{template}--{name}", template=template, data=data
        )
        for name, data in sets.items()
    )


def complete_answers(questions: tuple[Question, ...], answer_set: AnswerSet) -> dict[str, Any]:
    """The answers of a set as they are given to Copier; the name of a service need not be there.

    Raises:
        AnswerRefusedError: for an answer that is no question, or of another type; the message
            names the set.
    """
    data = dict(answer_set.answers)
    if any(question.name == "service_name" for question in questions):
        data.setdefault("service_name", f"a-{answer_set.template}")
    try:
        return check_answers(questions, data)
    except AnswerRefusedError as error:
        raise AnswerRefusedError(
            f"The answer set {answer_set.name}: {error.message}", hint=error.hint
        ) from error


def _is_answers(data: object) -> bool:
    return isinstance(data, dict) and all(isinstance(key, str) for key in data)
