"""Makes small documents of AsyncAPI and OpenAPI, as some service might write them."""

import json
from typing import Any

from generator.verification.contracts.asyncapi import ServiceMessages, read_asyncapi

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def members(*required: str, **properties: object) -> dict[str, object]:
    """The schema of an object."""
    return {"type": "object", "properties": properties, "required": list(required)}


def channel(name: str, schema: object, *tags: str, address: str = "") -> dict[str, Any]:
    """A channel with one message."""
    message = {"name": name, "payload": schema, "tags": [{"name": tag} for tag in tags]}
    return {"address": address or name, "messages": {name: message}}


def asyncapi(sends: dict[str, Any], receives: dict[str, Any]) -> dict[str, Any]:
    """A document whose operations send and receive all messages of these channels."""
    channels = {f"send.{key}": one for key, one in sends.items()}
    channels |= {f"receive.{key}": one for key, one in receives.items()}
    operations = {
        key: {"action": key.partition(".")[0], "channel": {"$ref": f"#/channels/{key}"}}
        for key in channels
    }
    info = {"title": "some", "version": "1"}
    return {"asyncapi": "3.0.0", "info": info, "channels": channels, "operations": operations}


def event(name: str, schema: object, *tags: str) -> dict[str, Any]:
    """The channel of an event, by its name."""
    return {name: channel(name, schema, "event", *tags)}


def task(name: str, schema: object, queue: str = "tasks.some") -> dict[str, Any]:
    """The channel of a task, by its name."""
    return {name: channel(name, schema, "task", address=queue)}


def service(
    name: str, sends: dict[str, Any] | None = None, receives: dict[str, Any] | None = None
) -> ServiceMessages:
    """What a service says of its messages."""
    return read_asyncapi(name, json.dumps(asyncapi(sends or {}, receives or {})))


def openapi(**operations: dict[str, Any]) -> dict[str, Any]:
    """A document with these operations of one path, by method."""
    return {"openapi": "3.1.0", "paths": {"/users/{user_id}": operations}}


def answers(schema: object, status: str = "200") -> dict[str, Any]:
    """The responses of an operation with one answer."""
    content = {"application/json": {"schema": schema}}
    return {status: {"description": "", "content": content}}


def body(schema: object, *, required: bool = True) -> dict[str, Any]:
    """The body of a request."""
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def parameter(
    name: str, schema: object = TEXT, *, required: bool = False, where: str = "query"
) -> dict[str, Any]:
    """A parameter of an operation."""
    return {"name": name, "in": where, "required": required, "schema": schema}
