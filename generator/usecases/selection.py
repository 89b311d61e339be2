"""Refuses features and links that a new service cannot have, before it is rendered."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.catalog import Catalog, LinkSpec, TemplateSpec
from generator.errors import AnswerRefusedError
from generator.workspace import Inventory

_KINDS = {"data_service": "data service", "api": "API"}


def providers(inventory: Inventory, capability: str) -> tuple[str, ...]:
    """The services that provide to others what a link asks for, by name."""
    able = (one.name for one in inventory.services if capability in one.template.provides)
    return tuple(sorted(able))


def first_service(catalog: Catalog, capability: str = "data_service") -> str:
    """The words of a service to make first: one that others can call."""
    for spec in catalog.providing(capability):
        return f"{spec.name} users-data"
    return "TEMPLATE NAME"


def checked_choices(
    spec: TemplateSpec, data: Mapping[str, object], inventory: Inventory, catalog: Catalog
) -> dict[str, object]:
    """The answers with the features and the links spelled as they are recorded.

    Args:
        spec: the new service's template.
        data: the answers that were given.
        inventory: the services of the workspace.
        catalog: the templates that there are, for a hint at what to make first.

    Raises:
        AnswerRefusedError: for a feature that the template has not, that is example code where
            none is wanted, or that does not go with the others; for a link that is missing, to a
            service that cannot take it, or none of this template's business.
    """
    checked = dict(data)
    if features := checked_features(spec, data):
        checked["features"] = features
    links = {link.name: link for link in spec.links}
    if data.get("data_service") and "data_service" not in links:
        raise AnswerRefusedError(
            f"{_service_of(spec)} calls no data service.", hint="Leave --data-service out."
        )
    for name, link in links.items():
        provider = str(data.get(name) or "").strip().replace("_", "-")
        if provider or not link.optional:
            _refuse_provider(spec, link, provider, _offer(inventory, link, catalog))
        checked[name] = provider
    return checked


def checked_features(spec: TemplateSpec, data: Mapping[str, object]) -> list[str]:
    """The features that were given, in the order of the manifest.

    Raises:
        AnswerRefusedError: as `checked_choices`.
    """
    given = words_of(data.get("features"))
    if not given:
        return []
    features = _features(spec, given)
    if data.get("example") is False:
        _refuse_examples(spec, features)
    _refuse_conflicts(spec, features)
    return features


def refuse_before_asking(
    spec: TemplateSpec, data: Mapping[str, object], inventory: Inventory, catalog: Catalog
) -> None:
    """Refuse what no answer that is still to come can mend.

    Raises:
        AnswerRefusedError: as `checked_choices`, but a link is missing only where there is no
            service that it may name.
    """
    possible = {
        link.name: known[0]
        for link in spec.links
        if not link.optional and (known := providers(inventory, link.to))
    }
    checked_choices(spec, {**possible, **data}, inventory, catalog)


def words_of(value: object) -> list[str]:
    """The words of an answer that is a list, or a text with commas."""
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, Sequence):
        return []
    return [word for word in (str(item).strip() for item in words) if word]


def _service_of(spec: TemplateSpec) -> str:
    """Begin a sentence about a service of this template."""
    subject = _with_article(f"{spec.name} service")
    return subject[0].upper() + subject[1:]


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"


def _features(spec: TemplateSpec, wanted: Sequence[str]) -> list[str]:
    known = [feature.name for feature in spec.features]
    if not known:
        raise AnswerRefusedError(f"{_service_of(spec)} has no features.", hint="Leave --with out.")
    for name in wanted:
        if name not in known:
            raise AnswerRefusedError(
                f"{_service_of(spec)} has no feature {name!a}.",
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


def _refuse_conflicts(spec: TemplateSpec, wanted: Sequence[str]) -> None:
    for feature in spec.chosen(wanted):
        if lacking := [name for name in feature.requires if name not in wanted]:
            raise AnswerRefusedError(
                f"{feature.name} requires {', '.join(lacking)}.",
                hint=f"Add to --with: {','.join(lacking)}.",
            )
        if clashing := [name for name in feature.refuses if name in wanted]:
            raise AnswerRefusedError(
                f"{feature.name} refuses {', '.join(clashing)}.", hint="Take one of them."
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Offer:
    """Whom a link may name: each service's template by name, those that will do, what to make."""

    templates: Mapping[str, str]
    known: tuple[str, ...]
    first: str


def _offer(inventory: Inventory, link: LinkSpec, catalog: Catalog) -> _Offer:
    return _Offer(
        templates={answers.service_name: answers.template for answers in inventory.answers},
        known=providers(inventory, link.to),
        first=first_service(catalog, link.to),
    )


def _refuse_provider(spec: TemplateSpec, link: LinkSpec, provider: str, offer: _Offer) -> None:
    if provider in offer.known:
        return
    kind = _KINDS[link.to]
    if not offer.known:
        offered = f"There is none yet: generator new-service {offer.first}."
    else:
        services = f"{kind[0].upper()}{kind[1:]}s: {', '.join(offer.known)}."
        offered = f"{_meant(provider, offer.known)}{services}"
    if not provider:
        flag = "--data-service NAME" if link.name == "data_service" else f"--data {link.name}=NAME"
        raise AnswerRefusedError(
            f"{_service_of(spec)} calls {_with_article(kind)}, and none is named.",
            hint=f"Add {flag}. {offered}",
        )
    lacks = "holds no data" if link.to == "data_service" else "provides no API"
    fault = (
        f"{provider} is {_with_article(offer.templates[provider])} service and {lacks}."
        if provider in offer.templates
        else f"There is no {kind} {provider!a} here."
    )
    raise AnswerRefusedError(fault, hint=offered)


def _meant(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {near[0]}? " if near else ""
