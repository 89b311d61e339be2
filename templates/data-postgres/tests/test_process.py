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


@pytest.mark.usefixtures("settings")
async def test_sigterm_ends_the_process_with_0() -> None:
    async with served() as (running, client):
        assert (await client.get("/health")).json() == {"status": "ok"}
        running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            assert await running.wait() == 0


async def test_a_missing_variable_ends_the_process_with_2_and_no_traceback() -> None:
    ended = await run(DATABASE_URL="", API_KEYS="")
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
