"""Fixtures of every test: settings, and a process of our own to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import set_tracer_provider

from shared.settings import ServiceSettings, load_settings
from shared.testing import log_plainly, set_environment
from shared.testing.servers import server_urls

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["shared.testing.limits"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with server_urls("REDIS_URL", missing=pytest.skip) as urls:
        yield urls["REDIS_URL"]


@pytest.fixture(autouse=True)
def _tracebacks_are_plain() -> None:
    log_plainly()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> ServiceSettings:
    set_environment(monkeypatch, ServiceSettings, SERVICE_NAME="tested", MAX_BODY_BYTES="1000")
    return load_settings(ServiceSettings)


@pytest.fixture(scope="session")
def provider() -> TracerProvider:
    """Set the process's provider of traces, which can be done only once."""
    provider = TracerProvider(shutdown_on_exit=False)
    set_tracer_provider(provider)
    return provider
