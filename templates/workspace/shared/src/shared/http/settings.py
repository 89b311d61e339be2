"""The settings of a link to a data service."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from shared.settings import ServiceSettings


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    # Reading the port is what checks it.
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError("not of the form http://host:port")
    if parts.username or parts.query or parts.fragment:
        raise ValueError("has more than scheme, host, port and path")
    return value.rstrip("/")


class DataServiceSettings(ServiceSettings):
    """Where the linked data service is, and this link's key."""

    data_service_url: Annotated[str, AfterValidator(_base_url)] = Field(
        examples=["http://users-data:8000"]
    )
    data_service_api_key: SecretStr = Field(
        min_length=32, examples=["<the key that API_KEYS of the data service has for this one>"]
    )
