"""Holds every receiver of a message to those who send it, and every sender to who receives it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from generator.verification.contracts.asyncapi import MessageSide, ServiceMessages
from generator.verification.contracts.schemas import misfits

ContractKind: TypeAlias = Literal["http", "event", "task"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Break:
    """Something that does not fit between two services.

    Attributes:
        contract: what sort of contract it is about.
        service: whose contract it is: who sends an event, handles a task or answers a call.
        name: the message or the operation.
        field: the path of the member; empty where it is about the whole.
        breaks: the services that it breaks; empty where those are outside of the workspace.
        text: one line for people; it names both sides.
    """

    contract: ContractKind
    service: str
    name: str
    field: str
    breaks: tuple[str, ...]
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Traffic:
    """What goes from whom to whom: each message with its kind, by whom it is sent and received."""

    sends: tuple[MessageSide, ...]
    receives: tuple[MessageSide, ...]

    @classmethod
    def of(cls, services: Iterable[ServiceMessages]) -> "Traffic":
        """The traffic of these services."""
        given = tuple(services)
        return cls(
            sends=tuple(side for one in given for side in one.sends),
            receives=tuple(side for one in given for side in one.receives),
        )

    def kind(self, side: MessageSide) -> Literal["event", "task"]:
        """What it is; where the document does not say, what the other side says."""
        others = (each.kind for each in (*self.sends, *self.receives) if each.name == side.name)
        return side.kind or next((kind for kind in others if kind), "") or "event"

    def senders(self, received: MessageSide) -> list[MessageSide]:
        """Who sends what this one receives."""
        return [one for one in self.sends if self._meet(one, received)]

    def receivers(self, sent: MessageSide) -> list[MessageSide]:
        """Who receives what this one sends."""
        return [one for one in self.receives if self._meet(sent, one)]

    def _meet(self, sent: MessageSide, received: MessageSide) -> bool:
        if sent.name != received.name or self.kind(sent) != self.kind(received):
            return False
        # An event is bound to any number of queues; a task is put into one.
        apart = sent.address and received.address and sent.address != received.address
        return self.kind(sent) == "event" or not apart


def find_breaks(services: Sequence[ServiceMessages], outside: frozenset[str]) -> list[Break]:
    """What does not fit between the services of a workspace.

    Args:
        services: what each of them says.
        outside: the messages that are sent or received by others than these.
    """
    traffic = Traffic.of(services)
    found = [*_without_sender(traffic, outside), *_without_receiver(traffic, outside)]
    for received in traffic.receives:
        for sent in traffic.senders(received):
            found += pair_breaks(traffic.kind(sent), sent, received)
    return list(dict.fromkeys(found))


def pair_breaks(
    kind: Literal["event", "task"], sent: MessageSide, received: MessageSide
) -> Iterator[Break]:
    """What of a message of this sender this receiver may not be able to take."""
    if sent.payload is None or received.payload is None:
        return
    for each in misfits(sent.payload, received.payload):
        about = f"{kind} {sent.name}{f', field {each.field}' if each.field else ''}"
        yield Break(
            contract=kind,
            service=sent.service if kind == "event" else received.service,
            name=sent.name,
            field=each.field,
            breaks=(received.service if kind == "event" else sent.service,),
            text=f"{about}: {sent.label} may {each.sent}, {received.label} {each.taken}",
        )


def _without_sender(traffic: Traffic, outside: frozenset[str]) -> Iterator[Break]:
    for received in traffic.receives:
        needed = traffic.kind(received) == "event" and not received.optional
        if needed and received.name not in outside and not traffic.senders(received):
            yield Break(
                contract="event",
                service="",
                name=received.name,
                field="",
                breaks=(received.service,),
                text=f"event {received.name}: {received.label} takes it, nobody publishes it",
            )


def _without_receiver(traffic: Traffic, outside: frozenset[str]) -> Iterator[Break]:
    for sent in traffic.sends:
        if traffic.kind(sent) == "event" or sent.name in outside or traffic.receivers(sent):
            continue
        elsewhere = [
            one for one in traffic.receives if one.name == sent.name and traffic.kind(one) == "task"
        ]
        into = f" to {sent.address}" if sent.address else ""
        others = "".join(f", but {one.label} takes it from {one.address}" for one in elsewhere)
        yield Break(
            contract="task",
            service=elsewhere[0].service if elsewhere else "",
            name=sent.name,
            field="",
            breaks=(sent.service,),
            text=f"task {sent.name}: {sent.label} sends it{into}, nobody handles it"
            f"{' there' if elsewhere else ''}{others}",
        )
