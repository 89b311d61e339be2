"""Fixtures of every test: settings, and a process of our own to start."""

from __future__ import annotations

import pytest

from shared.settings import ServiceSettings, load_settings
from shared.testing import set_environment


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> ServiceSettings:
    set_environment(monkeypatch, ServiceSettings, SERVICE_NAME="tested", MAX_BODY_BYTES="1000")
    return load_settings(ServiceSettings)
