"""Reads the questionnaire, and checks answers before Copier sees them.

Copier takes unknown answers silently, lets computed ones be overridden without recording them,
and reports wrong types as tracebacks.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jinja2.sandbox import SandboxedEnvironment

from generator.errors import AnswerRefusedError, TemplateError
from generator.sources.model import QUESTIONNAIRE

_INCLUDE = "!include "
_SHOWN = 60
_TYPES: Mapping[str, type] = {"str": str, "int": int, "bool": bool}


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question of the questionnaire.

    Attributes:
        name: the answer's key.
        kind: str, int or bool; a multiple choice is a list of str.
        help: the text for people.
        multiple: whether several choices may be taken.
        computed: whether it is derived, never asked.
    """

    name: str
    kind: str
    help: str
    multiple: bool
    computed: bool


def read_questions(root: Path, template: str) -> tuple[Question, ...]:
    """The questions that a template asks or computes, in their order.

    Raises:
        TemplateError: when the questionnaire cannot be read.
    """
    environment = SandboxedEnvironment()
    questions = []
    for name, spec in _read_documents(root).items():
        when = spec.get("when", True)
        computed = when is False
        if isinstance(when, str):
            asked = environment.from_string(when).render(template=template)
            if asked.strip().lower() != "true":
                continue
        questions.append(
            Question(
                name=name,
                kind=spec.get("type", "str"),
                help=environment.from_string(spec.get("help", "")).render(template=template),
                multiple=bool(spec.get("multiselect")),
                computed=computed,
            )
        )
    return tuple(questions)


def check_answers(questions: tuple[Question, ...], given: Mapping[str, object]) -> dict[str, Any]:
    """The given answers with the types that the questions want; text is converted.

    Raises:
        AnswerRefusedError: for a key that is unknown or computed, or a value of the wrong type.
    """
    known = {question.name: question for question in questions}
    checked: dict[str, Any] = {}
    for key, value in given.items():
        question = known.get(key)
        if question is None or question.computed:
            raise _refused_key(key, question, [q.name for q in questions if not q.computed])
        checked[key] = _converted(question, value)
    return checked


def _refused_key(key: str, question: Question | None, names: list[str]) -> AnswerRefusedError:
    if question is not None:
        return AnswerRefusedError(
            f"The answer {key} is computed, not given.", hint="Leave it out; it follows the name."
        )
    near = difflib.get_close_matches(key, names, n=1)
    meant = f"Did you mean {near[0]}? " if near else ""
    return AnswerRefusedError(
        f"There is no answer {key!a}.", hint=f"{meant}Answers: {', '.join(names)}."
    )


def _converted(question: Question, value: object) -> object:
    if question.multiple:
        return _list_of_text(question, value)
    wanted = _TYPES.get(question.kind, str)
    if wanted is not str and isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, bool) is not (wanted is bool) or not isinstance(value, wanted):
        raise _refused_value(question, value, f"a value of type {question.kind}")
    if isinstance(value, str):
        _refuse_unwritable(question, value)
    return value


def _list_of_text(question: Question, value: object) -> list[str]:
    items = [item for item in value.split(",") if item] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise _refused_value(question, value, "a list, as in a,b")
    return items


def _parsed(text: str) -> object:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _refuse_unwritable(question: Question, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _refused_value(question, text, "text in UTF-8") from None


def _refused_value(question: Question, value: object, wanted: str) -> AnswerRefusedError:
    shown = ascii(value)
    shortened = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
    return AnswerRefusedError(
        f"The answer {question.name} is {shortened}.", hint=f"Give {wanted}: {question.help}."
    )


def _read_documents(root: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    try:
        for document in (root / QUESTIONNAIRE).read_text(encoding="utf-8").split("---\n"):
            text = document.strip()
            if text.startswith(_INCLUDE):
                text = (root / text.removeprefix(_INCLUDE).strip()).read_text(encoding="utf-8")
            found |= yaml.safe_load(text) or {}
    except (OSError, yaml.YAMLError) as error:
        raise TemplateError(f"{root / QUESTIONNAIRE} cannot be read: {error}.") from error
    return {key: spec for key, spec in found.items() if not key.startswith("_")}
