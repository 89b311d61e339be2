"""Finds what a call is called in an OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.testing.contract.calls import RecordedCall
    from shared.testing.contract.nodes import Node


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A method of a path, and what the call has in place of the path's `{names}`."""

    method: str
    template: str
    node: Node
    parameters: tuple[Node, ...]
    path_values: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


def find_operation(document: Node, call: RecordedCall) -> Operation | str:
    """Return the operation of a call, or why there is none."""
    paths = document.get("paths")
    templates = paths.members() if paths is not None else {}
    matches = [(each, values) for each in templates if (values := _match(each, call)) is not None]
    # Where several paths fit, the one that names more of it is meant.
    for template, values in sorted(matches, key=lambda match: len(match[1])):
        path = paths.get(template) if paths is not None else None
        node = path.get(call.method.lower()) if path is not None else None
        if path is None or node is None:
            continue
        lists = (path.get("parameters"), node.get("parameters"))
        return Operation(
            method=call.method,
            template=template,
            node=node,
            parameters=tuple(each for part in lists if part for each in part.elements()),
            path_values=values,
        )
    if matches:
        return f"{call.method} {matches[0][0]}: the path has no such method"
    return f"{call.method} {call.path}: there is no such path"


def _match(template: str, call: RecordedCall) -> dict[str, str] | None:
    parts, segments = template.split("/"), call.segments
    if len(parts) != len(segments):
        return None
    values: dict[str, str] = {}
    for part, segment in zip(parts, segments, strict=True):
        if part.startswith("{") and part.endswith("}") and segment:
            values[part[1:-1]] = segment
        elif part != segment:
            return None
    return values
