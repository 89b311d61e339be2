"""Says what a change breaks for whom: what services say now against what they said at a ref."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from generator.verification.contracts.asyncapi import MessageSide, ServiceMessages
from generator.verification.contracts.messages import Break, Traffic, pair_breaks
from generator.verification.contracts.openapi import changes

_OUTSIDE = "callers outside of this workspace"


@dataclass(frozen=True, kw_only=True, slots=True)
class Descriptions:
    """What the services of a workspace say of themselves.

    Attributes:
        messages: by service.
        apis: the parsed `openapi.json` by service.
    """

    messages: Mapping[str, ServiceMessages] = field(default_factory=dict)
    apis: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def compare(
    before: Descriptions, now: Descriptions, *, ref: str, callers: Mapping[str, tuple[str, ...]]
) -> list[Break]:
    """Everything that fitted at the ref and does not fit now.

    During a deployment both versions run, and messages of the old one wait: so each side as it is
    now is held to the other one as it is now and as it was.

    Args:
        before: the descriptions at the ref, only of services that are still there.
        now: those of the work tree.
        ref: the ref, for people.
        callers: who calls each API, by name.
    """
    found = [*_http(before, now, callers), *_messages(before, now, ref)]
    return list(dict.fromkeys(found))


def _http(
    before: Descriptions, now: Descriptions, callers: Mapping[str, tuple[str, ...]]
) -> Iterator[Break]:
    for service, document in before.apis.items():
        broken = callers.get(service, ())
        for change in changes(document, now.apis.get(service, {})):
            about = f"http {change.operation} of {service}"
            about += f", {change.field}" if change.field else ""
            yield Break(
                contract="http",
                service=service,
                name=change.operation,
                field=change.field,
                breaks=broken,
                text=f"{about}: {change.text}; breaks {', '.join(broken) or _OUTSIDE}",
            )


def _messages(before: Descriptions, now: Descriptions, ref: str) -> Iterator[Break]:
    old, new = Traffic.of(before.messages.values()), Traffic.of(now.messages.values())
    known = {each.text for each in _pairs(old, old)}
    told: set[tuple[str, ...]] = set()
    # As both are now comes first: of one misfit, the line without a ref says the most.
    for sends, receives in ((new, new), (new, _at(old, ref, new)), (_at(old, ref, new), new)):
        found = [
            each
            for each in _pairs(sends, receives)
            if each.text.replace(f" at {ref}", "") not in known and _place(each) not in told
        ]
        told |= {_place(each) for each in found}
        yield from found
    yield from _gone(old, new)
    yield from _promised(old, new, ref)


def _pairs(sends: Traffic, receives: Traffic) -> Iterator[Break]:
    both = Traffic(sends=sends.sends, receives=receives.receives)
    for received in both.receives:
        for sent in both.senders(received):
            yield from pair_breaks(both.kind(sent), sent, received)


def _place(found: Break) -> tuple[str, ...]:
    return (found.contract, found.service, *found.breaks, found.name, found.field)


def _at(traffic: Traffic, ref: str, now: Traffic) -> Traffic:
    """Those sides of an older traffic that are still there, marked as being of the ref."""

    def marked(sides: Iterable[MessageSide], there: Iterable[MessageSide]) -> Iterator[MessageSide]:
        names = {(side.service, side.name) for side in there}
        for side in sides:
            if (side.service, side.name) in names:
                yield replace(side, at=ref)

    return Traffic(
        sends=tuple(marked(traffic.sends, now.sends)),
        receives=tuple(marked(traffic.receives, now.receives)),
    )


def _gone(old: Traffic, new: Traffic) -> Iterator[Break]:
    """What a side that is still there waits for, or sends to, in vain."""
    for received in new.receives:
        lost = [] if received.optional else old.senders(received)
        if lost and new.kind(received) == "event" and not new.senders(received):
            text = f"{_who(lost)} no longer publishes it, {received.label} takes it"
            yield _whole("event", lost[0], text, received.service)
    for sent in new.sends:
        lost = old.receivers(sent)
        if lost and new.kind(sent) == "task" and not new.receivers(sent):
            text = f"{_who(lost)} no longer handles what {sent.label} sends to {sent.address}"
            yield _whole("task", lost[0], text, sent.service)


def _promised(old: Traffic, new: Traffic, ref: str) -> Iterator[Break]:
    """What others than these services were promised: messages whose other side is not here."""
    others = f"whoever relies on {ref}"
    for sent in old.sends:
        if old.kind(sent) == "event" and not (old.receivers(sent) or new.receivers(sent)):
            promise, there = replace(sent, service=others), _same(new.sends, sent)
            found = (each for one in there for each in pair_breaks("event", one, promise))
            yield from _to_others(found, sent, "event" if not there else None)
    for received in old.receives:
        if old.kind(received) == "task" and not (old.senders(received) or new.senders(received)):
            promise, there = replace(received, service=others), _same(new.receives, received)
            found = (each for one in there for each in pair_breaks("task", promise, one))
            yield from _to_others(found, received, "task" if not there else None)


def _to_others(
    found: Iterable[Break], side: MessageSide, gone: Literal["event", "task"] | None
) -> Iterator[Break]:
    for each in found:
        yield replace(each, service=side.service, breaks=())
    if gone:
        verb = "publishes" if gone == "event" else "handles"
        yield _whole(gone, side, f"{side.service} no longer {verb} it")


def _same(sides: Iterable[MessageSide], before: MessageSide) -> list[MessageSide]:
    return [one for one in sides if (one.service, one.name) == (before.service, before.name)]


def _who(sides: Iterable[MessageSide]) -> str:
    return ", ".join(dict.fromkeys(one.service for one in sides))


def _whole(kind: Literal["event", "task"], side: MessageSide, text: str, *broken: str) -> Break:
    """A break that is about a whole message, and about no member of it."""
    text = f"{kind} {side.name}: {text}"
    if not broken:
        text += "; no service here needs it, others may"
    return Break(
        contract=kind, service=side.service, name=side.name, field="", breaks=broken, text=text
    )
