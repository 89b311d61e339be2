"""The process starts, stops and refuses to start as it should."""

import asyncio
import signal

import pytest
from click.testing import CliRunner

from app import __main__ as process
from tests.support.processes import run, served


@pytest.mark.usefixtures("settings")
async def test_sigterm_ends_the_process_with_0() -> None:
    async with served() as (running, client):
        assert (await client.get("/health")).json() == {"status": "ok"}
        assert "messag" in (await client.get("/metrics")).text
        running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await running.wait() == 0


async def test_a_missing_variable_ends_the_process_with_2_and_no_traceback() -> None:
    ended = await run(AMQP_URL="", REDIS_URL="", DATA_SERVICE_URL="", SERVICE_NAME="tested")
    _, error = await ended.communicate()
    assert ended.returncode == 2
    for name in ("AMQP_URL", "REDIS_URL", "DATA_SERVICE_URL"):
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
