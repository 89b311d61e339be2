"""One line per event and per request, ours and everybody else's in one form."""

from __future__ import annotations

import json
import logging
import warnings
from errno import ENOSPC
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from shared.log import MAX_PATH, configure_logging
from shared.testing import client, logged
from tests.support.applications import failing_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shared.settings import ServiceSettings

    Lines = Callable[[], list[dict[str, Any]]]
    from collections.abc import Callable


@pytest.fixture
def lines(settings: ServiceSettings, capsys: pytest.CaptureFixture[str]) -> Lines:
    configure_logging(settings)
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture(autouse=True)
def _no_captured_warnings() -> Iterator[None]:
    yield
    logging.captureWarnings(capture=False)


def test_our_lines_and_others_have_one_form(lines: Lines) -> None:
    structlog.stdlib.get_logger("ours").info("said %s", "this", size=1)
    logging.getLogger("theirs").warning("said %s", "that")

    ours, theirs = lines()
    assert ours.keys() - theirs.keys() == {"size"}
    assert (ours["message"], ours["level"], ours["logger"]) == ("said this", "info", "ours")
    assert (theirs["message"], theirs["level"], theirs["logger"]) == (
        "said that",
        "warning",
        "theirs",
    )


def test_a_traceback_is_one_line_and_shows_no_locals(lines: Lines) -> None:
    secret = "hush"
    try:
        int(secret[:0])
    except ValueError:
        structlog.stdlib.get_logger("ours").exception("failed")
        logging.getLogger("theirs").exception("failed")

    both = lines()
    assert [line["exception.type"] for line in both] == ["ValueError"] * 2
    assert all("int(secret[:0])" in line["exception.stacktrace"] for line in both)
    assert "hush" not in json.dumps(both)


def test_the_level_holds_for_all(settings: ServiceSettings, lines: Lines) -> None:
    configure_logging(settings.model_copy(update={"log_level": "WARNING"}))

    structlog.stdlib.get_logger("ours").info("no")
    logging.getLogger("theirs").info("no")
    logging.getLogger("aiormq").info("no")
    structlog.stdlib.get_logger("ours").error("yes")

    assert [line["message"] for line in lines()] == ["yes"]


def test_no_library_logs_what_is_sent(settings: ServiceSettings, lines: Lines) -> None:
    configure_logging(settings.model_copy(update={"log_level": "DEBUG"}))

    logging.getLogger("aiormq.connection").debug("Prepare to send a token")
    logging.getLogger("httpx2").info("GET https://mailer.example/?key=a-secret")

    assert lines() == []


def test_a_warning_of_python_is_a_line_too(lines: Lines) -> None:
    warnings.simplefilter("always")
    warnings.warn("old ways", stacklevel=1)

    (line,) = lines()
    assert "old ways" in line["message"]


def test_a_value_that_json_does_not_know_is_written_as_text(lines: Lines) -> None:
    structlog.stdlib.get_logger("ours").info("odd", value={1j})

    assert lines()[0]["value"] == "{1j}"


def test_the_console_form_is_for_reading(
    settings: ServiceSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(settings.model_copy(update={"log_format": "console"}))

    structlog.stdlib.get_logger("ours").info("hello", size=1)

    shown = capsys.readouterr().out
    assert "hello" in shown
    assert not shown.startswith("{")


async def test_there_is_one_access_line_per_request_and_none_for_probes(
    settings: ServiceSettings, lines: Lines
) -> None:
    async with client(failing_app(settings)) as http:
        await http.get("/health")
        await http.get("/api/v1/items/12345", params={"token": "hush"})
        await http.head("/nowhere/12345")

    found, missed = lines()
    assert found["message"] == "GET /api/v1/items/12345 200"
    assert (
        found.items()
        >= {
            "http.request.method": "GET",
            "http.route": "/api/v1/items/{number}",
            "url.path": "/api/v1/items/12345",
            "http.response.status_code": 200,
            "client.address": "127.0.0.1",
            "service.name": "tested",
        }.items()
    )
    assert found["duration_ms"] > 0
    assert (missed["http.route"], missed["url.path"]) == ("unmatched", "/nowhere/12345")
    assert (missed["http.request.method"], missed["http.response.status_code"]) == ("HEAD", 404)
    assert "hush" not in json.dumps([found, missed])


async def test_a_path_cannot_fill_the_log(settings: ServiceSettings, lines: Lines) -> None:
    async with client(failing_app(settings)) as http:
        await http.get("/" + "x" * 5000)

    assert len(lines()[0]["url.path"]) == MAX_PATH


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_line_is_written_whatever_stdout_can_encode(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    written = BytesIO()
    configure_logging(settings)
    monkeypatch.setattr("sys.stdout", TextIOWrapper(written, encoding=encoding))

    structlog.stdlib.get_logger("ours").info("gr\u00fc\u00dfe \ud800")

    assert json.loads(written.getvalue())["message"] == "gr\u00fc\u00dfe \ud800"


def test_work_goes_on_when_its_log_cannot_be_written(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(TextIOWrapper):
        def write(self, _: str) -> int:
            raise OSError(ENOSPC, "no space left")

    configure_logging(settings)
    monkeypatch.setattr("sys.stdout", Full(BytesIO()))

    structlog.stdlib.get_logger("ours").info("lost")


def test_the_log_is_on_stdout_for_as_long_as_asked(
    settings: ServiceSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    before = logging.getLogger().handlers[:]

    with logged(settings):
        structlog.stdlib.get_logger("a").debug("whispered")

    assert json.loads(capsys.readouterr().out)["message"] == "whispered"
    assert logging.getLogger().handlers == before
