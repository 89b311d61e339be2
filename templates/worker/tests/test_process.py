"""The process starts, stops and refuses to start as it should."""

import asyncio
import signal
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from app import __main__ as process
from app.features import Settings
from tests.support.processes import run, served

# Nobody listens at this port.
AWAY = {"DATA_SERVICE_URL": "http://127.0.0.1:9", "REDIS_URL": "redis://127.0.0.1:9/0"}


@pytest.mark.usefixtures("settings")
async def test_sigterm_ends_the_process_with_0() -> None:
    async with served() as (running, client):
        assert (await client.get("/health")).json() == {"status": "ok"}
        assert "messag" in (await client.get("/metrics")).text
        running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await running.wait() == 0


@pytest.mark.usefixtures("settings")
async def test_what_is_away_at_the_start_keeps_it_from_being_ready_and_ends_nothing() -> None:
    async with served(path="/health", **AWAY) as (running, client):
        assert (await client.get("/ready")).status_code == 503
        running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await running.wait() == 0


async def test_a_broker_that_refuses_the_password_ends_the_start_with_2_and_one_line(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    url = urlsplit(settings.amqp_url.get_secret_value())
    wrong = url._replace(netloc=f"{url.username}:wrong@{url.hostname}:{url.port}").geturl()
    ended = await run(AMQP_URL=wrong)
    _, error = await ended.communicate()
    last = capfd.readouterr().out.splitlines()[-1]
    assert (ended.returncode, error) == (2, b"")
    assert "the process ends: the message broker refuses user or password of AMQP_URL" in last
    assert "Traceback" not in last


async def test_a_missing_variable_ends_the_process_with_2_and_no_traceback() -> None:
    named = ("AMQP_URL", "REDIS_URL", "DATA_SERVICE_URL")
    ended = await run(**dict.fromkeys(named, ""), SERVICE_NAME="tested")
    _, error = await ended.communicate()
    assert ended.returncode == 2
    for name in named:
        assert f"{name} is missing".encode() in error
    assert b"Traceback" not in error


def test_an_unknown_command_is_refused() -> None:
    refused = CliRunner().invoke(process.main, ["dance"])
    assert refused.exit_code == 2
    assert "No such command 'dance'" in refused.stderr


@pytest.mark.usefixtures("settings", "worker")
async def test_dead_letters_and_schedules_are_listed() -> None:
    for arguments in (("dlq", "list"), ("schedule", "list")):
        # In a thread, because a command has an event loop of its own.
        listing = await asyncio.to_thread(CliRunner().invoke, process.main, arguments)
        assert (listing.exit_code, listing.stderr) == (0, "")
