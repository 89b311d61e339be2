"""The environment that the tests run the service in."""

import os
from secrets import token_hex

API, BOT = "users-api", "support-bot"
API_KEY, BOT_KEY = "a" * 32, "b" * 32
AS_BOT = {"X-API-Key": BOT_KEY}


def variables(database_url: str, amqp_url: str = "") -> dict[str, str]:
    """Return every variable that any variant requires; the API may handle credentials."""
    return {
        "SERVICE_NAME": "tested",
        # The port that the service has by default: what tests ask for is all in one place.
        "METRICS_PORT": "8000",
        "API_DOCS": "true",
        "DATABASE_URL": database_url,
        "API_KEYS": f"{API}={API_KEY},{BOT}={BOT_KEY}",
        "CREDENTIALS_READERS": API,
        "AMQP_URL": amqp_url or "amqp://localhost",
        "MESSAGING_PREFIX": f"{os.environ.get('MESSAGING_PREFIX', '')}{token_hex(4)}.",
    }
