"""The environment that the tests run the service in."""

import os
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from tempfile import gettempdir

API_KEY = "k" * 32
TOKEN = "42:TEST"
ADMIN = 7
_RUN = token_hex(4)
# Of this run as well: a process that is started sees the same files.
BLOBS = Path(gettempdir()) / f"blobs-{_RUN}"


def messaging_prefix() -> str:
    """Return the same for the whole run: what stands on the broker under it is declared once."""
    return f"{os.environ.get('MESSAGING_PREFIX', '')}{_RUN}."


def variables(data_service_url: str, telegram_url: str, urls: Mapping[str, str]) -> dict[str, str]:
    """Return every variable that any variant requires; Redis keys are new."""
    return {
        "SERVICE_NAME": "tested",
        # The port that the service has by default: what tests ask for is all in one place.
        "METRICS_PORT": "8000",
        "API_DOCS": "true",
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": telegram_url,
        "ADMIN_IDS": str(ADMIN),
        "DATA_SERVICE_URL": data_service_url,
        "DATA_SERVICE_API_KEY": API_KEY,
        "REDIS_URL": urls["REDIS_URL"],
        "REDIS_PREFIX": f"{os.environ.get('REDIS_PREFIX', '')}{token_hex(4)}:",
        "AMQP_URL": urls.get("AMQP_URL", ""),
        "MESSAGING_PREFIX": messaging_prefix(),
        "BLOB_STORE_URL": BLOBS.as_uri(),
        "TASK_CLAIM_SECONDS": "1",
        # So long may a busy machine stop the process; tests that kill one shorten it.
        "UPDATE_CLAIM_SECONDS": "20",
        "ALBUM_SECONDS": "0.3",
        "THROTTLE_MESSAGES": "500",
        "DRAIN_SECONDS": "0",
    }
