"""Describes problems in a service's OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.problem.details import PROBLEM_MEDIA_TYPE, Problem

if TYPE_CHECKING:
    from shared.errors import ServiceError


def _documented(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {PROBLEM_MEDIA_TYPE: {"schema": schema}}}


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": _documented("The request cannot be served as it is"),
    "5XX": _documented("The service cannot serve the request"),
}


def problem_responses(*errors: type[ServiceError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that raises these errors."""
    return {error.status: _documented(error.title) for error in errors}


def document_problems(openapi: dict[str, Any]) -> dict[str, Any]:
    """Add the schema that documented problems refer to; returns the same document."""
    schemas = openapi.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema()
    return openapi
