"""Lets a service's broker go away and come back."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from pydantic import SecretStr

from shared.messaging.settings import BrokerSettings
from shared.testing.proxy import Proxy, proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SettingsT = TypeVar("SettingsT", bound=BrokerSettings)


@asynccontextmanager
async def frail_broker(settings: SettingsT) -> AsyncIterator[tuple[Proxy, SettingsT]]:
    """Yield what stands before the broker, and settings with its address."""
    url = urlsplit(settings.amqp_url.get_secret_value())
    async with proxy(url.hostname or "", url.port or 5672) as between:
        yield between, through(settings, between.port)


def through(settings: SettingsT, port: int) -> SettingsT:
    """Return the settings with that port of this machine as the broker's address."""
    url = urlsplit(settings.amqp_url.get_secret_value())
    login, at, _ = url.netloc.rpartition("@")
    moved = url._replace(netloc=f"{login}{at}127.0.0.1:{port}").geturl()
    return settings.model_copy(update={"amqp_url": SecretStr(moved)})
