"""Fixtures of every test: settings, and a process of our own to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import set_tracer_provider

from shared.settings import ServiceSettings, load_settings
from shared.testing import set_environment
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


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> None:
    """Keep structlog's defaults but for their tracebacks, which take seconds to be drawn."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


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
