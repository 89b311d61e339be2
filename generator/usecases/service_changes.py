"""Says which answers become others when a service is renamed, relinked, or gets other features."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from generator.catalog import Catalog
from generator.errors import UsageError
from generator.naming import parse_name, refuse_taken
from generator.usecases.add_service import refuse_occupied
from generator.usecases.change_answers import AnswersChange
from generator.usecases.renamed import Renaming
from generator.usecases.selection import checked_choices, checked_features
from generator.usecases.uv_lock import asked_distributions
from generator.workspace import Inventory, Service, Workspace, service_in


def renamed(workspace: Workspace, old: str, new: str) -> AnswersChange:
    """A service gets another name, and who calls it calls it by that.

    Raises:
        UsageError: when there is no such service, or the new name cannot be taken.
    """
    workspace.service(old)
    name = parse_name(new)
    if name.value == old:
        raise UsageError(f"{old} has that name already.")
    refuse_occupied(workspace, name)
    asked = asked_distributions(workspace, workspace.service_dir(old))
    refuse_taken(name, services=(), distributions=asked)
    renaming = Renaming(old=old, new=name.value)
    changed: dict[str, Mapping[str, Any]] = {old: {"service_name": name.value}}
    for caller, links in _links_to(workspace.inventory(), old).items():
        changed[caller] = dict.fromkeys(links, name.value)
    return AnswersChange(title=f"rename-service {old} {name}", answers=changed, renaming=renaming)


def with_features(
    workspace: Workspace, name: str, *, adding: Sequence[str] = (), removing: Sequence[str] = ()
) -> AnswersChange:
    """A service gets features, or loses some.

    Raises:
        UsageError: when there is no such service, or it has, or lacks, one of them already.
        AnswerRefusedError: for a feature that its template has not, or that does not fit the
            others.
    """
    service = _service(workspace, name)
    has = service.answers.features
    _refuse_no_change(name, has, adding, removing)
    wanted = [feature for feature in (*has, *adding) if feature not in removing]
    chosen = checked_features(
        service.template, {"features": wanted, "example": service.answers.example}
    )
    verb, words = ("add-feature", adding) if adding else ("remove-feature", removing)
    return AnswersChange(title=" ".join((verb, name, *words)), answers={name: {"features": chosen}})


def relinked(workspace: Workspace, name: str, link: str, provider: str) -> AnswersChange:
    """A service calls another one by a link, or none where the link is optional.

    Args:
        workspace: read, not written.
        name: the service.
        link: the answer that names whom it calls.
        provider: the service to call; empty for none.

    Raises:
        UsageError: when there is no such service or link, or it calls that one already.
        AnswerRefusedError: when that one cannot be called, or the link may not stay empty.
    """
    service = _service(workspace, name)
    links = {one.name: service.answers.link(one.name) for one in service.template.links}
    if link not in links:
        known = ", ".join(links) or "none"
        raise UsageError(f"{name} has no link {link!a}.", hint=f"Its links: {known}.")
    if links[link] == provider:
        raise UsageError(f"The link {link} of {name} leads to {provider or 'nobody'} already.")
    checked = checked_choices(
        service.template, {**links, link: provider}, workspace.inventory(), Catalog(templates=())
    )
    return AnswersChange(
        title=f"relink {name} {link} {provider or '--none'}",
        answers={name: {link: checked[link]}},
    )


def _service(workspace: Workspace, name: str) -> Service:
    return service_in(workspace.service_dir(name), workspace.service(name))


def _refuse_no_change(
    name: str, has: Collection[str], adding: Sequence[str], removing: Sequence[str]
) -> None:
    listed = f"Its features: {', '.join(has) or 'none'}."
    for feature in adding:
        if feature in has:
            raise UsageError(f"{name} has the feature {feature} already.", hint=listed)
    for feature in removing:
        if feature not in has:
            raise UsageError(f"{name} does not have the feature {feature!a}.", hint=listed)


def _links_to(inventory: Inventory, name: str) -> dict[str, list[str]]:
    """The links that lead to a service, by the service that calls it."""
    found = {
        service.name: [link.name for link, called in service.links if called == name]
        for service in inventory.services
    }
    for one in inventory.unjudged:
        values = {"data_service": one.answers.data_service, **one.answers.others}
        found[one.name] = [key for key, value in values.items() if value == name]
    return {caller: links for caller, links in found.items() if links}
