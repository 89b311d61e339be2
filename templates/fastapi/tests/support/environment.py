"""The environment that the tests run the service in."""

import os
from collections.abc import Mapping
from secrets import token_hex
from typing import Annotated

from fastapi import Header

from shared.errors import UnauthorizedError

API_KEY = "k" * 32
_RUN = token_hex(4)
ORIGIN = "https://shop.example"


def messaging_prefix() -> str:
    """Return the same for the whole run: what stands on the broker under it is declared once."""
    return f"{os.environ.get('MESSAGING_PREFIX', '')}{_RUN}."


def variables(data_service_url: str, urls: Mapping[str, str]) -> dict[str, str]:
    """Return every variable that any variant requires; hashes are cheap, Redis keys new."""
    return {
        "SERVICE_NAME": "tested",
        # The port that the service has by default: what tests ask for is all in one place.
        "METRICS_PORT": "8000",
        "API_DOCS": "true",
        "DATA_SERVICE_URL": data_service_url,
        "DATA_SERVICE_API_KEY": API_KEY,
        "CORS_ORIGINS": ORIGIN,
        "REDIS_URL": urls.get("REDIS_URL", ""),
        "CACHE_REDIS_URL": urls.get("CACHE_REDIS_URL", ""),
        "REDIS_PREFIX": f"{os.environ.get('REDIS_PREFIX', '')}{token_hex(4)}:",
        "AMQP_URL": urls.get("AMQP_URL", "amqp://localhost"),
        "MESSAGING_PREFIX": messaging_prefix(),
        "JWT_SECRET": "s" * 32,
        "PASSWORD_MEMORY_KIB": "8",
    }


def has_key(x_api_key: Annotated[str, Header()] = "") -> None:
    """Refuse whoever comes to the fake data service without the link's key."""
    if x_api_key != API_KEY:
        raise UnauthorizedError("unknown key")
