"""A process that is killed in the middle of an upload loses nothing of it."""

import signal
from secrets import token_hex

import pytest
from redis.asyncio import Redis

from app.application import build_application
from app.features import Settings
from shared.testing import client, wait_until
from shared.testing.telegram import Failure, FakeBot, FakeChat
from tests.support.files import Files
from tests.support.processes import served
from tests.uploads.examples import JPEG
from tests.uploads.worker import small, working


@pytest.fixture
def alone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings with names on the broker that nobody has declared yet."""
    prefix = f"{settings.messaging_prefix}{token_hex(4)}."
    monkeypatch.setenv("MESSAGING_PREFIX", prefix)
    return settings.model_copy(update={"messaging_prefix": prefix})


async def wait_for_status(settings: Settings, message_id: int) -> None:
    """Return once the process has written down which message of its own is to be changed."""
    async with Redis.from_url(settings.redis_url.get_secret_value()) as redis:
        key = f"{settings.own_prefix}upload:1001:{message_id}"

        async def kept() -> bool:
            return bool(await redis.hexists(key, "status"))

        await wait_until(kept, timeout_seconds=60, what="the status")


async def test_a_killed_process_loses_neither_what_was_confirmed_nor_what_was_being_fetched(
    alone: Settings, ann: FakeChat, files: Files, fake_bot: FakeBot
) -> None:
    bea = fake_bot.chat(1002, first_name="Bea", language_code="en")
    async with served(UPDATE_CLAIM_SECONDS="4") as (process, _):
        sent = ann.send_photo(JPEG)
        # Nobody has ever consumed the queue of the task, so it is told and not given.
        status = await ann.wait_for_reply("Saved: ", timeout_seconds=60)
        await wait_for_status(alone, sent.message_id)
        fake_bot.fail(Failure(method="download", hold=True, times=None))
        bea.send_photo(JPEG)
        await fake_bot.wait_until(lambda: fake_bot.plan.held == ["download"], timeout_seconds=60)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    fake_bot.heal()
    assert fake_bot.pending == 0
    async with working(alone) as worker, client(build_application(alone)):
        for chat in (ann, bea):
            shown = await chat.wait_for_reply(lambda each: bool(each.photo), timeout_seconds=60)
            assert chat.content(shown) == small(JPEG)
    assert len(files.records) == len(worker.tasks) == 2
    assert ann.versions(status.message_id)[-1].text == f"Ready: photo-{sent.message_id}.jpg."
    assert (len(ann.replies), len(bea.replies)) == (2, 2)
