"""A test sees what the process would log, and leaves nothing of it behind."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import structlog

from shared.testing import logged

if TYPE_CHECKING:
    import pytest

    from shared.settings import ServiceSettings


def test_the_log_is_on_stdout_for_as_long_as_asked(
    settings: ServiceSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    before = logging.getLogger().handlers[:]

    with logged(settings):
        structlog.stdlib.get_logger("a").debug("whispered")

    assert json.loads(capsys.readouterr().out)["event"] == "whispered"
    assert logging.getLogger().handlers == before
