"""The process starts, stops and refuses to start as it should."""

import asyncio
import signal

import pytest

from app import __main__ as process
from app.openapi import openapi_document
from tests.support.processes import run, served

# Nobody listens at this port.
AWAY = {
    "DATA_SERVICE_URL": "http://127.0.0.1:9",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "CACHE_REDIS_URL": "redis://127.0.0.1:9/0",
    "AMQP_URL": "amqp://guest:guest@127.0.0.1:9/",
}


@pytest.mark.usefixtures("settings")
async def test_sigterm_ends_the_process_with_0() -> None:
    async with served() as (running, client):
        assert (await client.get("/health")).json() == {"status": "ok"}
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


async def test_a_missing_variable_ends_the_process_with_2_and_no_traceback() -> None:
    ended = await run(DATA_SERVICE_URL="", DATA_SERVICE_API_KEY="", SERVICE_NAME="tested")
    _, error = await ended.communicate()
    assert ended.returncode == 2
    assert b"DATA_SERVICE_URL is missing" in error
    assert b"DATA_SERVICE_API_KEY is missing" in error
    assert b"Traceback" not in error


def test_openapi_prints_the_description(capsys: pytest.CaptureFixture[str]) -> None:
    assert process.main(["openapi"]) == 0
    assert capsys.readouterr().out == openapi_document()
