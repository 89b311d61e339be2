"""The process starts, stops and refuses to start as it should."""

import asyncio
import signal

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from app import __main__ as process
from app import guide
from app.application import build_application
from app.features import Settings
from app.redis import REDIS, ServiceRedis
from app.settings import BotSettings
from app.updates import polling
from shared.background import running
from shared.errors import ConfigurationError
from shared.lifecycle import Lifecycle
from shared.testing import client
from shared.testing.telegram import FakeBot, FakeChat
from tests.support.processes import run, served

# Nobody listens at this port.
AWAY = {
    "TELEGRAM_API_URL": "http://127.0.0.1:9",
    "DATA_SERVICE_URL": "http://127.0.0.1:9",
    "REDIS_URL": "redis://127.0.0.1:9/0",
}


@pytest.mark.usefixtures("settings")
async def test_sigterm_ends_the_process_with_0(ann: FakeChat) -> None:
    async with served() as (running, client):
        assert (await client.get("/health")).json() == {"status": "ok"}
        assert "What I can do" in str((await ann.ask("/help")).text)
        assert "bot_update_seconds" in (await client.get("/metrics")).text
        running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            assert await running.wait() == 0


@pytest.mark.usefixtures("settings")
async def test_what_is_away_at_the_start_keeps_it_from_being_ready_and_ends_nothing() -> None:
    async with served(path="/health", **AWAY) as (running, client):
        assert (await client.get("/ready")).status_code == 503
        running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await running.wait() == 0


async def test_a_missing_variable_ends_the_process_with_2_and_no_traceback() -> None:
    named = ("REDIS_URL", "DATA_SERVICE_URL", "TELEGRAM_TOKEN")
    ended = await run(**dict.fromkeys(named, ""), SERVICE_NAME="tested")
    _, error = await ended.communicate()
    assert ended.returncode == 2
    for name in named:
        assert f"{name} is missing".encode() in error
    assert b"Traceback" not in error


async def test_a_token_that_telegram_refuses_ends_the_start_with_one_line(
    settings: Settings, fake_bot: FakeBot
) -> None:
    fake_bot.revoked = True
    with pytest.raises(ConfigurationError, match=r"^TELEGRAM_TOKEN is not valid: Telegram") as told:
        await process.check(settings)
    assert settings.telegram_token.get_secret_value() not in str(told.value)


@pytest.mark.usefixtures("bot")
async def test_a_second_process_that_polls_refuses_to_start(settings: Settings) -> None:
    # Its Redis may be another one, so Telegram is asked.
    with pytest.raises(ConfigurationError, match=r"^BOT_MODE=polling is for one process"):
        await process.check(settings)


async def test_the_right_to_poll_is_that_of_one_process(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "LEASE_SECONDS", 0.3)
    async with Lifecycle((REDIS,), {BotSettings: settings}) as resources:
        redis = resources.get(ServiceRedis)
        first, second = polling.PollerLease(redis, 42), polling.PollerLease(redis, 42)
        await first.take()
        taken = asyncio.ensure_future(second.take())
        async with running(first.keep):
            # Longer than it would be kept by itself.
            await asyncio.wait([taken], timeout=1)
            assert not taken.done()
        # What a killed process has left is over by itself.
        await taken
        await second.free()
        await first.take()


async def test_without_redis_the_process_starts_and_is_not_ready(
    settings: Settings, ann: FakeChat
) -> None:
    gone = settings.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:9/0")})
    async with client(build_application(gone, [guide.feature])) as connected:
        answer = await connected.get("/ready")
        assert answer.status_code == 503
        assert answer.json()["checks"]["Polling"] == "UnavailableError"
        ann.send_text("/help")
    assert ann.replies == []


def test_an_unknown_command_is_refused() -> None:
    refused = CliRunner().invoke(process.main, ["dance"])
    assert refused.exit_code == 2
    assert "No such command 'dance'" in refused.stderr
