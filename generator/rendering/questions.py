"""Reads the questionnaire, and checks answers before Copier sees them.

Copier takes unknown answers silently, lets computed ones be overridden without recording them,
and reports wrong types as tracebacks.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

import yaml
from jinja2.sandbox import SandboxedEnvironment

from generator.errors import AnswerRefusedError, TemplateError
from generator.rendering.expressions import (
    environment_for,
    evaluate,
    is_yes,
    names_in,
    parsed,
)
from generator.rendering.own_questions import questions_of_others
from generator.sources.model import QUESTIONNAIRE

_INCLUDE = "!include "
_SHOWN = 60
_TYPES: Mapping[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
# Answers of these types may be any value.
_ANYTHING = frozenset({"json", "yaml"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question of the questionnaire.

    Attributes:
        name: the answer's key.
        kind: str, int, float, bool, or another type of Copier's; a multiple choice is a list.
        help: the text for people.
        multiple: whether several choices may be taken.
        secret: whether the answer is neither shown nor recorded.
        computed: whether it is derived, never asked.
        required: whether there is no default.
        default: the value where nobody answers, as written: text may hold Jinja.
        choices: what may be chosen, as written; empty where anything may be typed.
        when: the condition of asking it, where that takes other answers; empty means always.
        validator: Jinja that says what is wrong with an answer; nothing when it will do.
        jinja: evaluates what is written.
    """

    name: str
    kind: str
    help: str
    multiple: bool = False
    secret: bool = False
    computed: bool = False
    required: bool = False
    default: object = None
    choices: object = None
    when: str = ""
    validator: str = ""
    jinja: SandboxedEnvironment = field(repr=False, compare=False)

    def is_asked(self, answers: Mapping[str, object]) -> bool:
        """Whether a person is asked after these answers. Raises `TemplateError`."""
        if self.computed:
            return False
        return not self.when or is_yes(evaluate(self.jinja, self.when, answers))

    def default_after(self, answers: Mapping[str, object]) -> object:
        """What the answer is where nobody gives one. Raises `TemplateError`."""
        if not isinstance(self.default, str):
            return self.default
        text = evaluate(self.jinja, self.default, answers)
        return text if self.kind == "str" and not self.multiple else parsed(text)

    def choices_after(self, answers: Mapping[str, object]) -> tuple[tuple[str, object], ...]:
        """What may be chosen, each as it is shown and as it is recorded. Raises `TemplateError`."""
        offered = self.choices
        if isinstance(offered, str):
            offered = parsed(evaluate(self.jinja, offered, answers))
        if isinstance(offered, Mapping):
            offered = list(offered.items())
        found = []
        for one in offered if isinstance(offered, list) else ():
            shown, value = one if _is_pair(one) else (one, one)
            if isinstance(value, Mapping):
                if evaluate(self.jinja, str(value.get("validator", "")), answers).strip():
                    continue
                value = value.get("value")
            if isinstance(value, str):
                value = evaluate(self.jinja, value, answers)
            found.append((evaluate(self.jinja, str(shown), answers), value))
        return tuple(found)

    def converted(self, value: object) -> object:
        """An answer with the type that the question wants; text is converted.

        Raises:
            AnswerRefusedError: when it has another type.
        """
        return _converted(self, value)

    def fault_of(self, value: object, answers: Mapping[str, object]) -> str:
        """What is wrong with an answer after these others, in one line; empty if nothing is."""
        try:
            answer = self.converted(value)
            said = evaluate(self.jinja, self.validator, {**answers, self.name: answer})
        except AnswerRefusedError as error:
            return error.hint
        except TemplateError as error:
            return error.message
        return " ".join(said.split())


def read_questions(root: Path, template: str) -> tuple[Question, ...]:
    """The questions that a template asks or computes, in their order.

    Raises:
        TemplateError: when the questionnaire cannot be read.
    """
    documents = read_documents(root)
    jinja = environment_for(documents.get("_envops"))
    # Copier's other way to say `secret: true`.
    secret = frozenset(documents.get("_secret_questions") or ())
    known = {"template": template}
    others = questions_of_others(root, template)
    questions = []
    for name, written in documents.items():
        if name.startswith("_") or name in others:
            continue
        # As Copier has it: a mere value is the default.
        spec = written if isinstance(written, dict) else {"default": written}
        when = spec.get("when", True)
        if isinstance(when, str) and known.keys() >= names_in(jinja, when):
            if not is_yes(evaluate(jinja, when, known)):
                continue
            when = True
        hidden = {"secret": bool(spec.get("secret")) or name in secret}
        questions.append(_question(name, {**spec, "when": when, **hidden}, jinja, known))
    return tuple(questions)


def _question(
    name: str, spec: dict[str, Any], jinja: SandboxedEnvironment, known: Mapping[str, object]
) -> Question:
    when = spec["when"]
    return Question(
        name=name,
        kind=spec.get("type") or _kind_of(spec.get("default")),
        help=evaluate(jinja, spec.get("help") or "", known),
        multiple=bool(spec.get("multiselect")),
        secret=spec["secret"],
        computed=when is False,
        required="default" not in spec,
        default=spec.get("default"),
        choices=spec.get("choices"),
        when=when if isinstance(when, str) else "",
        validator=spec.get("validator") or "",
        jinja=jinja,
    )


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


def refuse_faults(questions: Sequence[Question], answers: Mapping[str, object]) -> None:
    """Refuse what validators say no to, as far as they look at nothing but these answers.

    Raises:
        AnswerRefusedError: with the validator's words as the hint.
        TemplateError: when a validator cannot be read.
    """
    for question in questions:
        if question.name not in answers:
            continue
        if not answers.keys() >= names_in(question.jinja, question.validator):
            continue
        value = answers[question.name]
        if fault := question.fault_of(value, answers):
            raise AnswerRefusedError(_said_to_be(question, value), hint=fault)


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
    if question.kind in _ANYTHING:
        return value
    wanted = _TYPES.get(question.kind, str)
    if wanted is not str and isinstance(value, str):
        value = parsed(value)
    if wanted is float and type(value) is int:
        value = float(value)
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


def _refuse_unwritable(question: Question, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _refused_value(question, text, "text in UTF-8") from None


def _refused_value(question: Question, value: object, wanted: str) -> AnswerRefusedError:
    about = f": {question.help}" if question.help else ""
    return AnswerRefusedError(_said_to_be(question, value), hint=f"Give {wanted}{about}.")


def _said_to_be(question: Question, value: object) -> str:
    # Messages go to logs.
    if question.secret:
        return f"The answer {question.name} is none that can be taken."
    return f"The answer {question.name} is {_shortened(value)}."


def _shortened(value: object) -> str:
    shown = ascii(value)
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"


def _is_pair(choice: object) -> TypeGuard[Sequence[object]]:
    return isinstance(choice, list | tuple) and len(choice) == 2  # noqa: PLR2004 - it is its name


def _kind_of(default: object) -> str:
    """The type of a question that names none, as Copier has it."""
    kind = type(default).__name__
    return kind if kind in _TYPES else "yaml"


def read_documents(root: Path) -> dict[str, Any]:
    """Settings and questions of a questionnaire by name, as written.

    Raises:
        TemplateError: when it cannot be read.
    """
    found: dict[str, Any] = {}
    try:
        for document in (root / QUESTIONNAIRE).read_text(encoding="utf-8").split("---\n"):
            text = document.strip()
            if text.startswith(_INCLUDE):
                text = (root / text.removeprefix(_INCLUDE).strip()).read_text(encoding="utf-8")
            found |= yaml.safe_load(text) or {}
    except (OSError, yaml.YAMLError) as error:
        raise TemplateError(f"{root / QUESTIONNAIRE} cannot be read: {error}.") from error
    return found
