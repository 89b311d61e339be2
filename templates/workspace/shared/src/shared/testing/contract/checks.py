"""Checks one call against the provider's OpenAPI document."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic_core import from_json

from shared.testing.contract.bodies import answer_findings, request_findings
from shared.testing.contract.closing import closed
from shared.testing.contract.credentials import credential_findings
from shared.testing.contract.nodes import Node
from shared.testing.contract.operations import find_operation
from shared.testing.contract.parameters import parameter_findings
from shared.testing.contract.schemas import Schemas

if TYPE_CHECKING:
    from shared.testing.contract.calls import RecordedCall

OPENAPI_VARIABLE = "CONTRACT_OPENAPI"


class ContractError(AssertionError):
    """A client and its provider do not agree; each line names a call and a field of it."""


class Contract:
    """What a provider promises, as its `openapi.json` says it."""

    def __init__(self, document: dict[str, Any]) -> None:
        strict = closed(document)
        self._document, self._schemas = Node(strict), Schemas(strict)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a document; the variable CONTRACT_OPENAPI, if it is set, names another one."""
        return cls(from_json(Path(os.environ.get(OPENAPI_VARIABLE) or path).read_bytes()))

    def findings(self, call: RecordedCall) -> list[str]:
        """Return a line for each thing that is not as agreed; it starts with METHOD /path."""
        operation = find_operation(self._document, call)
        if isinstance(operation, str):
            return [operation]
        found = [
            *parameter_findings(self._schemas, operation, call),
            *credential_findings(self._document, operation, call),
            *request_findings(self._schemas, operation, call),
            *answer_findings(self._schemas, operation, call),
        ]
        return [f"{operation}: {each}" for each in found]
