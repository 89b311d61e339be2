"""Asks a person for the answers that no flag gave."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import questionary
import typer
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.output import Output, create_output
from questionary import Choice

from generator.errors import AnswerRefusedError
from generator.rendering.questions import check_answers, read_questions, refuse_faults
from generator.usecases.add_service import inherited_answers
from generator.usecases.new_questions import title_of
from generator.usecases.selection import checked_features, providers, refuse_before_asking

if TYPE_CHECKING:
    from questionary import Question as Prompt

    from generator.catalog import LinkSpec, TemplateSpec
    from generator.rendering.questions import Question
    from generator.usecases.new_questions import NewQuestions
    from generator.usecases.templates import OpenedTemplate
    from generator.workspace import Inventory, Workspace

# Allocated, not asked: a person has no way to know which is free.
_NEVER_ASKED = frozenset({"template", "service_name", "workspace_name", "port"})
_FEATURES = "features"


def ask_missing(
    workspace: "Workspace", template: "OpenedTemplate", name: str, given: Mapping[str, object]
) -> dict[str, Any]:
    """Ask the template's questions that have no answer yet; return all answers.

    Enter takes what is shown. Text that is left empty is no answer: the template's default stands.

    Raises:
        AnswerRefusedError: for a given answer that cannot be taken, before anything is asked.
        TemplateError: when the questionnaire cannot be read.
        typer.Abort: when the person leaves by Ctrl-C or Ctrl-D.
    """
    spec, inventory = template.spec, workspace.inventory()
    questions = read_questions(template.root, spec.name)
    refuse_before_asking(spec, given, inventory, template.catalog)
    answers = check_answers(questions, given)
    known = {"template": spec.name, "service_name": name, **answers}
    refuse_faults(questions, known)
    inherited = inherited_answers(workspace)
    typer.echo(f"{spec.name} {name}: press Enter to take what is shown.", err=True)
    for question in questions:
        if question.name in known:
            continue
        default = inherited.get(question.name, question.default_after(known))
        known[question.name] = default
        if question.name in _NEVER_ASKED or not question.is_asked(known):
            continue
        link = next((one for one in spec.links if one.name == question.name), None)
        prompt = _link_prompt(link, inventory) if link else _prompt(spec, question, known, default)
        if prompt is None:
            continue
        said = _answer(prompt)
        if said != "" or link:
            answers[question.name] = known[question.name] = question.converted(said)
    return answers


def ask_new(
    workspace: "Workspace", asked: "NewQuestions", given: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Ask the questions that the next version of a template has on top; return their answers.

    Raises:
        TemplateError: when the questionnaire cannot be read.
        typer.Abort: when the person leaves by Ctrl-C or Ctrl-D.
    """
    spec, answers = asked.template, dict(given or {})
    known = {**asked.known, **answers}
    typer.echo(f"{title_of(asked)}: press Enter to take what is shown.", err=True)
    for question in asked.questions:
        if question.name in known:
            continue
        default = question.default_after(known)
        known[question.name] = default
        if question.name in _NEVER_ASKED or not question.is_asked(known):
            continue
        link = next((one for one in spec.links if one.name == question.name), None)
        prompt = (
            _link_prompt(link, workspace.inventory())
            if link
            else _prompt(spec, question, known, default)
        )
        if prompt is None:
            continue
        said = _answer(prompt)
        if said != "" or link:
            answers[question.name] = known[question.name] = question.converted(said)
    return answers


def _answer(prompt: "Prompt") -> object:
    try:
        return prompt.unsafe_ask()
    except (EOFError, KeyboardInterrupt):
        raise typer.Abort from None


def _prompt(
    spec: "TemplateSpec", question: "Question", known: Mapping[str, object], default: object
) -> "Prompt | None":
    """How a question is asked; None where there is nothing to choose from."""
    message = question.help or question.name
    choices = list(question.choices_after(known))
    if question.multiple:
        checked = default if isinstance(default, list) else []
        if question.name == _FEATURES:
            message, choices = "Features", _summarized(spec, choices, known)
        options = [Choice(shown, value, checked=value in checked) for shown, value in choices]
        return _several(message, options, lambda said: _fault(spec, question, said, known))
    if choices:
        options = [Choice(shown, value) for shown, value in choices]
        return _one_of(message, options, next((o for o in options if o.value == default), None))
    if question.secret:
        return _hidden(message, question, known)
    if question.kind == "bool":
        return questionary.confirm(message, default=bool(default), output=_to_people())
    return _text(message, question, known, default)


def _link_prompt(link: "LinkSpec", inventory: "Inventory") -> "Prompt | None":
    """Asks for one of the services that the link may name; the only one is preselected."""
    able = [Choice(name, name) for name in providers(inventory, link.to)]
    none = [Choice("none", "")] if link.optional else []
    if not able:
        return None
    first = able[0] if len(able) == 1 or not none else none[0]
    return _one_of(link.summary, [*able, *none], first)


def _one_of(message: str, options: Sequence[Choice], first: Choice | None) -> "Prompt":
    return _leaving_by_ctrl_d(
        questionary.select(message, options, default=first, output=_to_people())
    )


def _several(
    message: str, options: Sequence[Choice], fault_of: Callable[[list[str]], str]
) -> "Prompt | None":
    if not options:
        return None
    return _leaving_by_ctrl_d(
        questionary.checkbox(
            message, options, validate=lambda said: fault_of(said) or True, output=_to_people()
        )
    )


def _text(
    message: str, question: "Question", known: Mapping[str, object], default: object
) -> "Prompt":
    def verdict(text: str) -> str | bool:
        if text or question.required:
            return (question.fault_of(text, known) if text else "Type an answer.") or True
        return question.fault_of(default, known) or True

    shown = "" if default is None else str(default)
    return questionary.text(
        message, validate=verdict, instruction=f"[{shown}]" if shown else None, output=_to_people()
    )


def _hidden(message: str, question: "Question", known: Mapping[str, object]) -> "Prompt":
    """Asks for what nobody else is to see; of the default it says only that there is one."""

    def verdict(text: str) -> str | bool:
        return (question.fault_of(text, known) if text else "") or True

    return questionary.password(
        message, validate=verdict, instruction="[left empty: the default]", output=_to_people()
    )


def _summarized(
    spec: "TemplateSpec", choices: list[tuple[str, object]], known: Mapping[str, object]
) -> list[tuple[str, object]]:
    """The features with their summaries, without examples where none are wanted."""
    specs = {feature.name: feature for feature in spec.features}
    return [
        (f"{shown}: {specs[shown].summary}" if shown in specs else shown, value)
        for shown, value in choices
        if known.get("example", True) or not (shown in specs and specs[shown].example)
    ]


def _fault(
    spec: "TemplateSpec", question: "Question", said: list[str], known: Mapping[str, object]
) -> str:
    if fault := question.fault_of(said, known):
        return fault
    if question.name != _FEATURES:
        return ""
    try:
        checked_features(spec, {**known, _FEATURES: said})
    except AnswerRefusedError as error:
        return f"{error.message} {error.hint}"
    return ""


def _to_people() -> Output:
    # Talk goes to stderr; data alone to stdout.
    return create_output(sys.stderr)


def _leaving_by_ctrl_d(prompt: "Prompt") -> "Prompt":
    """A list of choices takes no notice of Ctrl-D, unlike a line of text."""
    bindings = KeyBindings()

    @bindings.add("c-d")
    def leave(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError)

    own = prompt.application.key_bindings
    prompt.application.key_bindings = merge_key_bindings([own, bindings] if own else [bindings])
    return prompt
