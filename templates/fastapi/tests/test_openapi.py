"""The committed description is what the service does."""

import json
from pathlib import Path

from app.openapi import openapi_document

COMMITTED = Path(__file__).parents[1] / "openapi.json"


def test_the_committed_description_is_current() -> None:
    current = COMMITTED.read_text() == openapi_document()
    assert current, "openapi.json is stale; run: python -m app openapi > openapi.json"


def test_every_operation_of_the_api_names_its_problems() -> None:
    paths = json.loads(openapi_document())["paths"]
    for path, operations in paths.items():
        if path.startswith("/api/"):
            for operation in operations.values():
                assert {"422", "502", "503", "4XX", "5XX"} <= set(operation["responses"])
                assert ("401" in operation["responses"]) >= ("security" in operation)


def test_operations_have_readable_names_of_their_own() -> None:
    paths = json.loads(openapi_document())["paths"]
    named = [each["operationId"] for operations in paths.values() for each in operations.values()]
    assert len(named) == len(set(named))
    assert all("api_v1" not in name for name in named)
