"""The environment that the tests run the service in."""

API, BOT = "users-api", "support-bot"
API_KEY, BOT_KEY = "a" * 32, "b" * 32
AS_BOT = {"X-API-Key": BOT_KEY}


def variables(database_url: str) -> dict[str, str]:
    """Return every variable that the service requires; the API may handle credentials."""
    return {
        "SERVICE_NAME": "tested",
        "DATABASE_URL": database_url,
        "API_KEYS": f"{API}={API_KEY},{BOT}={BOT_KEY}",
        "CREDENTIALS_READERS": API,
    }
