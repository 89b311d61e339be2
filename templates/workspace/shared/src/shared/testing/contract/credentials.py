"""Checks that a call has the key that an operation asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.testing.contract.calls import RecordedCall
    from shared.testing.contract.nodes import Node
    from shared.testing.contract.operations import Operation


def credential_findings(document: Node, operation: Operation, call: RecordedCall) -> Iterator[str]:
    """Yield the headers with keys that the operation asks for and the call has not."""
    security = operation.node.get("security") or document.get("security")
    alternatives = security.elements() if security is not None else []
    missing = [
        [name for name in _key_headers(document, each) if name.lower() not in call.headers]
        for each in alternatives
    ]
    if all(missing):
        for name in missing[0] if missing else ():
            yield f"header {name}: it is missing"


def _key_headers(document: Node, alternative: Node) -> Iterator[str]:
    components = document.get("components")
    schemes = components.get("securitySchemes") if components is not None else None
    for name in alternative.members():
        scheme = schemes.get(name) if schemes is not None else None
        if scheme is not None and scheme.members().get("in") == "header":
            yield str(scheme.members()["name"])
