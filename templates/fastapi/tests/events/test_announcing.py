"""What was done is told once, for its request, and nobody waits for it."""

from time import perf_counter

import pytest

from app.events import Announcer, relay
from app.events.intents import Intents
from app.features import Settings
from app.redis import STORE, RedisSettings
from shared.correlation import request_scope
from shared.errors import ConflictError, UnavailableError
from shared.lifecycle import Resources
from shared.testing import wait_until
from tests.events.processes import announcing, fact, intent, make
from tests.support.messages import Ear, frail_broker
from tests.support.redis import frail_redis


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(relay, "LEASE_SECONDS", 1)


async def wait_for_none_left(settings: Settings) -> None:
    async with STORE.open(Resources({RedisSettings: settings})) as store:

        async def none_left() -> bool:
            return await Intents(store).take(0, 0) == (0, [])

        await wait_until(none_left, what="no intents any more")


def at_once(settings: Settings) -> Settings:
    return settings.model_copy(update={"event_grace_seconds": 0})


async def test_what_was_made_is_told_for_its_request(settings: Settings, ear: Ear) -> None:
    async with announcing(settings) as announcer:
        with request_scope("abc-1"):
            assert await announcer.announce(intent("a"), make, fact) == "a"
        [message] = await ear.wait_for(1)
    assert (message.type, message.correlation_id) == ("thing.made", "abc-1")
    assert (message.id, message.data) == (str(fact("a").event_id), {"name": "a"})
    await wait_for_none_left(settings)


async def test_what_was_refused_is_not_told(settings: Settings, ear: Ear) -> None:
    async def refuse() -> str:
        raise ConflictError("no")

    async with announcing(settings) as announcer:
        with pytest.raises(ConflictError):
            await announcer.announce(intent("refused"), refuse, fact)
        await announcer.announce(intent("a"), make, fact)
        await wait_for_none_left(settings)
    assert [message.data["name"] for message in ear.messages] == ["a"]


@pytest.mark.parametrize("name", ["made", "unmade"])
async def test_what_may_have_been_made_is_told_if_it_was(
    settings: Settings, ear: Ear, name: str
) -> None:
    async def lose() -> str:
        raise UnavailableError("no answer")

    async with announcing(at_once(settings)) as announcer:
        with pytest.raises(UnavailableError), request_scope("abc-1"):
            await announcer.announce(intent(name), lose, fact)
        await wait_for_none_left(settings)
    told = [(message.data["name"], message.correlation_id) for message in ear.messages]
    assert told == ([("made", "abc-1")] if name == "made" else [])


async def test_without_redis_it_is_made_and_told_nonetheless(settings: Settings, ear: Ear) -> None:
    async with frail_redis(settings) as (between, moved), announcing(moved) as announcer:
        await between.cut()
        assert await announcer.announce(intent("a"), make, fact) == "a"
        await ear.wait_for(1)


async def announced_quickly(announcer: Announcer) -> None:
    begun = perf_counter()
    await announcer.announce(intent("a"), make, fact)
    assert perf_counter() - begun < 0.5


async def test_without_the_broker_nobody_waits_and_the_next_process_tells(
    settings: Settings, ear: Ear
) -> None:
    async with frail_broker(settings) as (between, moved):
        await between.cut()
        async with announcing(moved) as announcer:
            with request_scope("abc-1"):
                await announced_quickly(announcer)
            # It ends after the patience with the broker, and then the event stands in Redis.
    assert ear.messages == []
    async with announcing(settings):
        [message] = await ear.wait_for(1)
    assert message.correlation_id == "abc-1"
    await wait_for_none_left(settings)


async def test_no_failure_ends_the_relay(settings: Settings, ear: Ear) -> None:
    async with announcing(at_once(settings)) as announcer:
        await announcer.announce(intent("b"), make, fact)
        announcer.watch("thing.made", broken)

        async def lose() -> str:
            raise UnavailableError("no answer")

        with pytest.raises(UnavailableError):
            await announcer.announce(intent("c"), lose, fact)

        async def seen() -> bool:
            return announcer.relay.waiting == 1

        await wait_until(seen, what="an intent that nobody can see to")
    async with announcing(settings):
        assert len(await ear.wait_for(2)) == 2


async def broken(_: object) -> None:
    raise RuntimeError("a bug")
