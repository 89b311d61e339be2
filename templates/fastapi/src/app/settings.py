"""What every variant reads from the environment; `features.py` adds what its features need."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from shared.http import DataServiceSettings
from shared.settings import CommaList


def _origins(value: tuple[str, ...]) -> tuple[str, ...]:
    for number, origin in enumerate(value, start=1):
        parts = urlsplit(origin)
        # Browsers send exactly this, so anything more would never match.
        if parts.scheme not in {"http", "https"} or origin != f"{parts.scheme}://{parts.netloc}":
            raise ValueError(f"entry {number} is not of the form https://host or https://host:port")
    return value


class ApiSettings(DataServiceSettings):
    """Where the data service is, and who may call from a browser."""

    cors_origins: Annotated[CommaList, AfterValidator(_origins)] = Field(
        default=(), examples=["https://shop.example,http://localhost:3000"]
    )
    idempotency_ttl_seconds: int = Field(default=24 * 60 * 60, ge=60)
