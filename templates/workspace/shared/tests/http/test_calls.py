"""What is asked for arrives as it was meant."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from pydantic import BaseModel

from shared.http.calls import Call
from tests.support.clients import client_of
from tests.support.provider import providing

if TYPE_CHECKING:
    from shared.http import CallOptions

ID = UUID(int=1)


class Role(Enum):
    ADMIN = "admin"


class User(BaseModel):
    id: UUID
    since: datetime


def call(path: str, options: CallOptions | None = None) -> Call:
    return Call.of("get", path, options or {})


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        (ID, str(ID)),
        (7, "7"),
        ("a b/c?d#e", "a%20b%2Fc%3Fd%23e"),
        ("é", "%C3%A9"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("a.b", "a.b"),
        ("{id}", "%7Bid%7D"),
    ],
)
async def test_a_value_stays_within_its_part_of_the_path(value: object, segment: str) -> None:
    async with providing() as provider, client_of(provider.url) as client:
        await client.get("/users/{id}/files", path_params={"id": value}, into=object)

    assert provider.received[0].line == f"GET /users/{segment}/files HTTP/1.1"


def test_a_path_is_complete_or_an_error() -> None:
    with pytest.raises(KeyError, match="id"):
        call("/users/{id}")
    with pytest.raises(ValueError, match="id is empty"):
        call("/users/{id}", {"path_params": {"id": ""}})


async def test_a_query_has_what_is_not_none_as_the_provider_reads_it() -> None:
    params = {"role": Role.ADMIN, "active": True, "cursor": None, "id": [ID, 2], "q": "a&b"}

    async with providing() as provider, client_of(f"{provider.url}/base/") as client:
        await client.get("/users", params=params, into=object)

    query = f"role=admin&active=true&id={ID}&id=2&q=a%26b"
    assert provider.received[0].line == f"GET /base/users?{query} HTTP/1.1"


async def test_a_body_may_be_made_of_models_ids_and_times() -> None:
    user = User(id=ID, since=datetime(2026, 1, 2, tzinfo=UTC))

    async with providing() as provider, client_of(provider.url) as client:
        await client.post("/users", json={"items": [user]}, into=object)

    assert provider.received[0].headers["content-type"] == "application/json"
    expected = f'{{"items":[{{"id":"{ID}","since":"2026-01-02T00:00:00Z"}}]}}'
    assert provider.received[0].body.decode() == expected


def test_what_is_sent_is_not_shown() -> None:
    secret = call("/users", {"json": "hush", "headers": {"X-API-Key": "hush"}})

    assert "hush" not in repr(secret)
    assert str(secret) == "GET /users"
