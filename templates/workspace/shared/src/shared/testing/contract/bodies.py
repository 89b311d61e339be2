"""Checks the bodies of a call: what was sent and what was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.testing.contract.calls import RecordedCall
    from shared.testing.contract.messages import Body
    from shared.testing.contract.nodes import Node
    from shared.testing.contract.operations import Operation
    from shared.testing.contract.schemas import Schemas


def request_findings(schemas: Schemas, operation: Operation, call: RecordedCall) -> Iterator[str]:
    """Yield what is wrong with the body that was sent."""
    described = operation.node.get("requestBody")
    if described is None:
        if call.body is not None:
            yield "request body: none is expected"
    elif call.body is not None:
        yield from _body_findings(schemas, described, call.body, "request body")
    elif described.members().get("required"):
        yield "request body: it is missing"


def answer_findings(schemas: Schemas, operation: Operation, call: RecordedCall) -> Iterator[str]:
    """Yield what is wrong with the answer, if there was one."""
    if call.status is None:
        return
    described = _response(operation, call.status)
    where = f"response {call.status}"
    if described is None:
        yield f"{where}: the status is not documented"
    elif call.answer is not None:
        yield from _body_findings(schemas, described, call.answer, where)
    elif described.members().get("content") and call.method != "HEAD":
        yield f"{where}: the body is missing"


def _response(operation: Operation, status: int) -> Node | None:
    responses = operation.node.get("responses")
    keys = (str(status), f"{status // 100}XX", "default")
    found = (responses.get(key) for key in keys) if responses is not None else ()
    return next((each for each in found if each is not None), None)


def _body_findings(schemas: Schemas, described: Node, body: Body, where: str) -> Iterator[str]:
    content = described.get("content")
    media_types = content.members() if content is not None else {}
    media_type = content.get(body.media_type) if content is not None else None
    if media_type is None:
        known = ", ".join(media_types) or "no body"
        yield f"{where}: {body.media_type or 'no Content-Type'} is not {known}"
        return
    schema = media_type.get("schema")
    if schema is not None and body.is_json:
        for each in schemas.findings(schema, body.value):
            yield f"{where}: {each}"
