"""Validates values by the schemas of one OpenAPI document (3.1, which is JSON Schema 2020-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jsonschema_rs import Draft202012Validator, Registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import JsonValue

    from shared.testing.contract.nodes import Node

_URI = "urn:openapi"


class Schemas:
    """The schemas of one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._registry = Registry([(_URI, document)])

    def findings(self, schema: Node, value: JsonValue) -> list[str]:
        """Return `field: reason` for everything that is not valid."""
        errors = self._validator(schema).iter_errors(value)
        return [
            ": ".join(
                part for part in (".".join(map(str, each.instance_path)), each.message) if part
            )
            for each in errors
        ]

    def findings_of_likeliest(self, schema: Node, readings: Iterable[JsonValue]) -> list[str]:
        """Return what is not valid in the last reading, nothing if any of them is valid."""
        found: list[str] = []
        for reading in readings:
            found = self.findings(schema, reading)
            if not found:
                break
        return found

    def _validator(self, schema: Node) -> Draft202012Validator:
        reference = f"{_URI}#{quote(schema.pointer, safe='/~')}"
        return Draft202012Validator(
            {"$ref": reference}, registry=self._registry, validate_formats=True
        )
