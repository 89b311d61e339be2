"""Whatever is away or fails, what was made is told, and nobody waits for it."""

import pytest

from app.events import relay
from app.features import Settings
from shared.correlation import request_scope
from shared.errors import UnavailableError
from shared.messaging.broker import connection
from shared.testing import wait_until
from shared.testing.proxy import broker_proxy
from shared.testing.recorder import EventRecorder
from tests.events.processes import announcing, at_once, intent, make, to_event, wait_for_none_left
from tests.support.redis import flaky_redis


async def test_without_redis_it_is_made_and_told_nonetheless(
    settings: Settings, recorder: EventRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The relay asks for nothing at the moment of the cut.
    monkeypatch.setattr(relay, "POLL_SECONDS", 60)
    async with flaky_redis(settings) as (between, moved), announcing(moved) as announcer:
        await announcer.announce(intent("before"), make, to_event)
        await recorder.wait_for(1)
        await between.cut()
        assert await announcer.announce(intent("a"), make, to_event) == "a"
        await recorder.wait_for(2)


async def test_without_the_broker_nobody_waits_and_the_next_process_tells(
    settings: Settings, recorder: EventRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It ends after the patience with the broker, and then the event stands in Redis.
    with monkeypatch.context() as patch:
        patch.setattr(connection, "RETRY_SECONDS", 0.5)
        await announce_without_broker(settings)
    assert recorder.messages == []
    async with announcing(settings):
        [message] = await recorder.wait_for(1)
    assert message.correlation_id == "abc-1"
    await wait_for_none_left(settings)


async def announce_without_broker(settings: Settings) -> None:
    async with broker_proxy(settings) as (between, moved):
        await between.cut()
        async with announcing(moved) as announcer:
            with request_scope("abc-1"):
                await announcer.announce(intent("a"), make, to_event)
            # Whoever asked has the answer while it is still being sent.
            assert announcer._sending


async def test_no_failure_ends_the_relay(settings: Settings, recorder: EventRecorder) -> None:
    async with announcing(at_once(settings)) as announcer:
        await announcer.announce(intent("b"), make, to_event)
        announcer.watch("thing.made", broken)

        async def lose() -> str:
            raise UnavailableError("no answer")

        with pytest.raises(UnavailableError):
            await announcer.announce(intent("c"), lose, to_event)

        async def seen() -> bool:
            return announcer.relay.waiting == 1

        await wait_until(seen, what="an intent that nobody can see to")
    async with announcing(settings):
        assert len(await recorder.wait_for(2)) == 2


async def broken(_: object) -> None:
    raise RuntimeError("a bug")
