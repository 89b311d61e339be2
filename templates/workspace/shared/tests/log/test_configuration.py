"""Our lines, uvicorn's and other libraries' all have one form."""

from __future__ import annotations

import json
import logging
import warnings
from typing import TYPE_CHECKING, Any

import structlog

from shared.log import configure_logging

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from shared.settings import ServiceSettings

    Lines = Callable[[], list[dict[str, Any]]]


def test_our_lines_and_others_have_one_form(lines: Lines) -> None:
    structlog.stdlib.get_logger("ours").info("said %s", "this", size=1)
    logging.getLogger("theirs").warning("said %s", "that")

    ours, theirs = lines()
    assert ours.keys() - theirs.keys() == {"size"}
    assert (ours["event"], ours["level"], ours["logger"]) == ("said this", "info", "ours")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == (
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
    assert [line["exception"][0]["exc_type"] for line in both] == ["ValueError"] * 2
    assert "hush" not in json.dumps(both)


def test_the_level_holds_for_all(settings: ServiceSettings, lines: Lines) -> None:
    configure_logging(settings.model_copy(update={"log_level": "WARNING"}))

    structlog.stdlib.get_logger("ours").info("no")
    logging.getLogger("theirs").info("no")
    structlog.stdlib.get_logger("ours").error("yes")

    assert [line["event"] for line in lines()] == ["yes"]


def test_a_warning_of_python_is_a_line_too(lines: Lines) -> None:
    warnings.simplefilter("always")
    warnings.warn("old ways", stacklevel=1)

    (line,) = lines()
    assert "old ways" in line["event"]


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
