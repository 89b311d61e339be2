"""Reads back what was logged."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from shared.log import configure_logging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shared.settings import ServiceSettings

    Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(settings: ServiceSettings, capsys: pytest.CaptureFixture[str]) -> Lines:
    configure_logging(settings)
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture(autouse=True)
def _no_captured_warnings() -> Iterator[None]:
    yield
    logging.captureWarnings(capture=False)
