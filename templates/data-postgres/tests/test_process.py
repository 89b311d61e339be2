"""The process starts, stops and gives up as its supervisor expects."""

import asyncio
import signal

import pytest

from app import __main__ as process
from app.application import openapi_document
from app.features import Settings
from app.settings import DatabaseSettings
from shared.errors import UnavailableError
from shared.testing import logged
from tests.support.processes import run, served

# Nobody listens at this port.
AWAY = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
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


async def test_missing_variables_end_the_process_with_2_and_a_line_each() -> None:
    ended = await run(DATABASE_URL="", API_KEYS="", SERVICE_NAME="tested")
    _, error = await ended.communicate()
    assert ended.returncode == 2
    assert b"DATABASE_URL is missing" in error
    assert b"API_KEYS is missing" in error
    assert b"Traceback" not in error


def test_openapi_prints_the_description(capsys: pytest.CaptureFixture[str]) -> None:
    assert process.main(["openapi"]) == 0
    assert capsys.readouterr().out == openapi_document()


def test_a_database_that_stays_away_ends_a_migration_with_1(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def give_up(given: DatabaseSettings) -> None:
        assert given.database_url == settings.database_url
        raise UnavailableError("gave up")

    monkeypatch.setattr(process, "migrate", give_up)
    with logged(settings):
        assert process.main(["migrate"]) == 1
    assert capsys.readouterr().err == "gave up\n"
