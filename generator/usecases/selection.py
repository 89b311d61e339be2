"""Refuses features and a data service that a new service cannot have, before it is rendered."""

import difflib
from collections.abc import Iterable, Mapping, Sequence

from generator.answers import Answers
from generator.catalog import TemplateSpec, template_spec
from generator.errors import AnswerRefusedError, GeneratorError


def data_services(services: Iterable[Answers]) -> tuple[str, ...]:
    """The services among these that others may call for data, by name."""
    return tuple(sorted(answers.service_name for answers in services if _holds_data(answers)))


def checked_choices(
    spec: TemplateSpec, data: Mapping[str, object], services: Sequence[Answers]
) -> dict[str, object]:
    """The answers with the features and the data service spelled as they are recorded.

    Args:
        spec: the new service's template.
        data: the answers that were given.
        services: those of the workspace.

    Raises:
        AnswerRefusedError: for a feature that the template has not, or that is example code where
            none is wanted; for a data service that is
            missing, holds no data, or is none of this template's business.
    """
    checked = dict(data)
    if features := words_of(data.get("features")):
        checked["features"] = _features(spec, features)
        if data.get("example") is False:
            _refuse_examples(spec, features)
    provider = str(data.get("data_service") or "").strip().replace("_", "-")
    if provider or spec.calls_data_service:
        _refuse_provider(spec, provider, services)
        checked["data_service"] = provider
    return checked


def words_of(value: object) -> list[str]:
    """The words of an answer that is a list, or a text with commas."""
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, Sequence):
        return []
    return [word for word in (str(item).strip() for item in words) if word]


def _holds_data(answers: Answers) -> bool:
    try:
        return template_spec(answers.template).owns_database
    except GeneratorError:
        return False


def _features(spec: TemplateSpec, wanted: Sequence[str]) -> list[str]:
    known = [feature.name for feature in spec.features]
    if not known:
        raise AnswerRefusedError(
            f"A {spec.name} service has no features.", hint="Leave --with out."
        )
    for name in wanted:
        if name not in known:
            raise AnswerRefusedError(
                f"A {spec.name} service has no feature {name!a}.",
                hint=f"{_meant(name, known)}Features: {', '.join(known)}.",
            )
    return [name for name in known if name in wanted]


def _refuse_examples(spec: TemplateSpec, wanted: Sequence[str]) -> None:
    examples = [feature.name for feature in spec.chosen(wanted) if feature.example]
    if examples:
        raise AnswerRefusedError(
            f"{', '.join(examples)}: example code, which --no-example leaves out.",
            hint="Leave out either --no-example or these features.",
        )


def _refuse_provider(spec: TemplateSpec, provider: str, services: Sequence[Answers]) -> None:
    if not spec.calls_data_service:
        raise AnswerRefusedError(
            f"A {spec.name} service calls no data service.", hint="Leave --data-service out."
        )
    known = data_services(services)
    if provider in known:
        return
    if not known:
        offered = "There is none yet: generator new-service data-postgres users-data."
    else:
        offered = f"{_meant(provider, known)}Data services: {', '.join(known)}."
    if not provider:
        raise AnswerRefusedError(
            f"A {spec.name} service calls a data service, and none is named.",
            hint=f"Add --data-service NAME. {offered}",
        )
    others = {answers.service_name: answers.template for answers in services}
    fault = (
        f"{provider} is a {others[provider]} service and holds no data."
        if provider in others
        else f"There is no data service {provider!a} here."
    )
    raise AnswerRefusedError(fault, hint=offered)


def _meant(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {near[0]}? " if near else ""
