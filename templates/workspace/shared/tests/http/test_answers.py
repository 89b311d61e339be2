"""An answer is what was asked for."""

from __future__ import annotations

from types import NoneType

from pydantic import BaseModel, TypeAdapter

from tests.support.clients import client_of
from tests.support.provider import providing
from tests.support.replies import Reply


class User(BaseModel):
    name: str


async def test_a_body_becomes_what_was_asked_for() -> None:
    reply = Reply(body=b'{"name": "Ann", "added": "later"}')
    async with providing(reply) as provider, client_of(provider.url) as client:
        assert await client.get("/users/1", into=User) == User(name="Ann")
        found = await client.put("/users/1", into=dict[str, str], json={})

    assert found == {"name": "Ann", "added": "later"}


async def test_an_empty_body_is_none() -> None:
    reply = Reply(status=204, body=b"")
    async with providing(reply) as provider, client_of(provider.url) as client:
        await client.delete("/users/1", params={"version": 3})
        await client.patch("/users/1", into=NoneType, json={})

    assert provider.received[0].line == "DELETE /users/1?version=3 HTTP/1.1"


async def test_an_answer_may_be_one_of_several_things() -> None:
    either: TypeAdapter[User | list[int]] = TypeAdapter(User | list[int])
    async with providing(Reply(body=b"[1, 2]")) as provider, client_of(provider.url) as client:
        assert await client.get("/", into=either) == [1, 2]
