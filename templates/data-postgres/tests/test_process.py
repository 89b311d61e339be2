"""The process starts, stops and gives up as its supervisor expects."""

import asyncio
import signal

import pytest

from app import __main__ as process
from app.application import openapi_document
from app.features import Settings
from app.settings import DatabaseSettings
from shared.errors import UnavailableError
from shared.testing import logged, set_environment
from tests.support.environment import variables
from tests.support.processes import served


@pytest.mark.usefixtures("settings")
async def test_sigterm_ends_the_process_with_0() -> None:
    async with served() as (running, client):
        assert (await client.get("/health")).json() == {"status": "ok"}
        running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await running.wait() == 0


def test_missing_variables_end_the_process_with_2_and_a_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = variables("") | {"API_KEYS": ""}
    set_environment(monkeypatch, Settings, **given)
    with pytest.raises(SystemExit) as ended:
        process.main([])
    assert ended.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["DATABASE_URL", "API_KEYS"]


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
