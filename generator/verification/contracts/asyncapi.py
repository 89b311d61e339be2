"""Reads what a service sends and receives from its `asyncapi.json`, ours or anybody's."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from generator.verification.contracts.schemas import Placed, followed

ASYNCAPI = "asyncapi.json"
MessageKind: TypeAlias = Literal["event", "task", ""]

# The tags of a message that say something here.
_EVENT, _TASK, _OPTIONAL = "event", "task", "optional"


class DocumentError(Exception):
    """A description that cannot be read, in one line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageSide:
    """One side of a message: a service that sends it, or one that receives it.

    Attributes:
        kind: empty where the document does not say.
        address: the queue or routing key; empty where the document names none.
        payload: what it is like; None where nobody says.
        optional: whether the receiver can do without a sender.
        at: the git ref at which the document is; empty for the work tree.
    """

    service: str
    kind: MessageKind
    name: str
    address: str = ""
    payload: Placed | None = None
    optional: bool = False
    at: str = ""

    @property
    def label(self) -> str:
        """The service, and when it is another one's version of it, which."""
        return f"{self.service} at {self.at}" if self.at else self.service


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceMessages:
    """All messages that a service says it has to do with."""

    service: str
    sends: tuple[MessageSide, ...] = ()
    receives: tuple[MessageSide, ...] = ()


def read_json(text: str, name: str) -> Mapping[str, Any]:
    """The object that a description is.

    Raises:
        DocumentError: when it is none.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{name} is no JSON: {' '.join(str(error).split())}") from error
    if not isinstance(document, Mapping):
        raise DocumentError(f"{name} is no JSON object")
    return document


def read_asyncapi(service: str, text: str) -> ServiceMessages:
    """The messages of a service, from the text of its document.

    Raises:
        DocumentError: when it is no document of AsyncAPI 3.
    """
    document = read_json(text, ASYNCAPI)
    if not str(document.get("asyncapi", "")).startswith("3."):
        raise DocumentError(f"{ASYNCAPI} is no document of AsyncAPI 3: it says no version 3")
    sides = [(action, side) for action, side in _sides(service, document)]
    return ServiceMessages(
        service=service,
        sends=tuple(side for action, side in sides if action == "send"),
        receives=tuple(side for action, side in sides if action == "receive"),
    )


def _sides(service: str, document: Mapping[str, Any]) -> Iterator[tuple[str, MessageSide]]:
    root = Placed(schema={}, document=document)
    for name, given in _mapping(document.get("operations", {}), "operations").items():
        operation = _mapping(followed(root.at(given)), f"operations.{name}")
        where = f"the channel of operation {name}"
        channel = _mapping(followed(root.at(operation.get("channel", {}))), where)
        action = operation.get("action")
        if action not in {"send", "receive"}:
            raise DocumentError(f"{ASYNCAPI}: operation {name} neither sends nor receives")
        for key, message in _messages(root, operation, channel, where):
            tags = {tag.get("name") for tag in message.get("tags", ()) if isinstance(tag, Mapping)}
            yield (
                action,
                MessageSide(
                    service=service,
                    kind=_kind(tags, action, channel),
                    name=str(message.get("name") or key),
                    address=str(channel.get("address") or ""),
                    payload=_payload(root, message),
                    optional=_OPTIONAL in tags,
                ),
            )


def _messages(
    root: Placed, operation: Mapping[str, Any], channel: Mapping[str, Any], where: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The messages of an operation, by name: those that it names, else all of its channel."""
    known = _mapping(channel.get("messages", {}), f"the messages of {where}")
    named = operation.get("messages")
    if named is None:
        chosen = list(known.items())
    elif isinstance(named, list):
        chosen = [(_last_step(each), each) for each in named]
    else:
        raise DocumentError(f"{ASYNCAPI}: the messages of {where} are no list")
    for key, given in chosen:
        yield key, _mapping(followed(root.at(given)), f"the message {key} of {where}")


def _kind(tags: set[Any], action: str, channel: Mapping[str, Any]) -> MessageKind:
    if _TASK in tags:
        return "task"
    if _EVENT in tags:
        return "event"
    amqp = channel.get("bindings", {}).get("amqp", {})
    if action == "receive" or not isinstance(amqp, Mapping):
        return ""
    # What is put into a queue is for whoever empties it; what has a key is for all who listen.
    return "task" if amqp.get("is") == "queue" else "event"


def _payload(root: Placed, message: Mapping[str, Any]) -> Placed | None:
    payload = message.get("payload")
    if isinstance(payload, Mapping) and "schemaFormat" in payload:
        payload = payload.get("schema")
        if "json" not in str(message["payload"]["schemaFormat"]):
            return None
    return None if payload is None else root.at(payload)


def _last_step(reference: object) -> str:
    ref = reference.get("$ref", "") if isinstance(reference, Mapping) else ""
    return str(ref).rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DocumentError(f"{ASYNCAPI}: {where} is no object")
    return value
