"""The environment that the tests run the service in."""

import os
from secrets import token_hex

API_KEY = "k" * 32
# The same for the whole run: what stands on the broker under it is declared once.
MESSAGING_PREFIX = f"{os.environ.get('MESSAGING_PREFIX', '')}{token_hex(4)}."
ORIGIN = "https://shop.example"


def variables(data_service_url: str, redis_url: str, amqp_url: str = "") -> dict[str, str]:
    """Return every variable that any variant requires; hashes are cheap, Redis keys new."""
    return {
        "SERVICE_NAME": "tested",
        "DATA_SERVICE_URL": data_service_url,
        "DATA_SERVICE_API_KEY": API_KEY,
        "CORS_ORIGINS": ORIGIN,
        "REDIS_URL": redis_url,
        "CACHE_REDIS_URL": redis_url,
        "REDIS_PREFIX": f"{os.environ.get('REDIS_PREFIX', '')}{token_hex(4)}:",
        "AMQP_URL": amqp_url or "amqp://localhost",
        "MESSAGING_PREFIX": MESSAGING_PREFIX,
        "JWT_SECRET": "s" * 32,
        "PASSWORD_MEMORY_KIB": "8",
    }
