"""Passwords are hashed in few threads, and not too many at once."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable

import pytest

from app.application import build_application
from app.auth.passwords import PASSWORDS, QUEUE, Passwords
from app.auth.settings import AuthSettings
from app.features import Settings
from shared.errors import UnavailableError
from shared.lifecycle import Lifecycle
from shared.testing import client
from shared.web import Feature
from tests.auth.examples import ADA, USERS, logged_in, registered


@pytest.fixture
async def passwords(settings: Settings) -> AsyncIterator[Passwords]:
    async with Lifecycle((PASSWORDS,), {AuthSettings: settings}) as resources:
        yield resources.get(Passwords)


async def test_a_hash_is_of_one_password_and_never_the_same(passwords: Passwords) -> None:
    one, two = await passwords.hash("hunter2"), await passwords.hash("hunter2")
    assert one != two
    assert await passwords.check("hunter2", one) == (True, None)
    assert await passwords.check("hunter3", one) == (False, None)
    assert await passwords.check("nobody's password", None) == (False, None)


async def test_hashes_are_made_in_a_few_threads_of_their_own(
    passwords: Passwords, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def hashed(_: str) -> str:
        seen.append(threading.current_thread().name)
        return "a hash"

    monkeypatch.setattr(passwords._hasher, "hash", hashed)
    await asyncio.gather(*(passwords.hash("hunter2") for _ in range(20)))
    assert len(seen) == 20
    assert len(set(seen)) <= settings.password_threads
    assert all(name.startswith("passwords") for name in seen)


async def test_when_too_many_wait_the_next_is_told_so(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords._known, "_limit", 3)
    outcomes = await asyncio.gather(
        *(passwords.hash("hunter2") for _ in range(5)), return_exceptions=True
    )
    assert [isinstance(each, UnavailableError) for each in outcomes] == [False] * 3 + [True] * 2
    assert await passwords.hash("hunter2")


async def test_while_registrations_take_their_pool_a_login_does_not_wait(
    settings: Settings, features: Iterable[Feature], monkeypatch: pytest.MonkeyPatch
) -> None:
    going_on = threading.Event()
    many = settings.model_copy(update={"registration_attempts": 1000})
    app = build_application(many, features)
    async with client(app) as api:
        await registered(api)
        hasher = app.lifecycle.resources.get(Passwords)._hasher
        monkeypatch.setattr(hasher, "hash", lambda _: going_on.wait(30) and "$argon2id$" + "x" * 32)
        flood = [
            asyncio.ensure_future(api.post(USERS, json=ADA | {"email": f"{number}@example.org"}))
            for number in range(100)
        ]
        # All but those that fit into the pool and its queue are refused, and nobody waits for them.
        refused = 0
        for answer in asyncio.as_completed(flood):
            refused += (await answer).status_code == 503
            if refused == 100 - (QUEUE + 1):
                break
        assert await logged_in(api)
        assert sum(each.done() for each in flood) == refused
        going_on.set()
        statuses = [(await each).status_code for each in flood]
    assert sorted(statuses) == [201] * (QUEUE + 1) + [503] * refused
