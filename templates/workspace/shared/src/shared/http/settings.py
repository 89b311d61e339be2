"""Where another service is, and how long and how often its callers wait for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from shared.settings import ServiceSettings, url_form


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How long each phase of an attempt may take, and a call with all its attempts; in seconds."""

    connect: float = 1.0
    write: float = 5.0
    read: float = 5.0
    pool: float = 1.0
    total: float = 10.0


@dataclass(frozen=True, kw_only=True)
class Retries:
    """How often a call is attempted, and the seconds between: they double, plus a random part."""

    attempts: int = 3
    wait_initial: float = 0.1
    wait_max: float = 2.0
    wait_jitter: float = 0.2


@dataclass(frozen=True, kw_only=True)
class Target:
    """A service to call; `name` is what errors, logs and metrics say, `headers` go with each call.

    A `linked` one belongs to this system: it is told what a request may still cost, and requests
    are spread over its instances; one that fails is left alone for `eject_seconds`, twice as long
    each time it fails again. Strangers are called as their URL says, through `proxy` if there is
    one. Answers over `max_response_bytes` are refused.
    """

    name: str
    base_url: str
    linked: bool = False
    proxy: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeouts: Timeouts = field(default_factory=Timeouts)
    retries: Retries = field(default_factory=Retries)
    eject_seconds: float = 1.0
    max_connections: int = 100
    max_response_bytes: int = 10 * 1024 * 1024


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.username or parts.query or parts.fragment:
        raise ValueError("has more than scheme, host, port and path")
    return value.rstrip("/")


_HTTP = url_form("http://host:port", "http", "https")


class ProxySettings(ServiceSettings):
    """The proxy between this service and strangers; services of this system are called directly.

    The URL is secret: it may have a password.
    """

    outbound_proxy: Annotated[SecretStr, _HTTP] | None = Field(
        default=None, examples=["http://proxy:3128"]
    )

    @property
    def proxy_url(self) -> str | None:
        """The URL as a `Target` takes it."""
        return self.outbound_proxy.get_secret_value() if self.outbound_proxy else None


class DataServiceSettings(ServiceSettings):
    """Where the linked data service is, and this link's key."""

    data_service_url: Annotated[str, _HTTP, AfterValidator(_base_url)] = Field(
        examples=["http://users-data:8000"]
    )
    data_service_api_key: SecretStr = Field(
        min_length=32, examples=["<the key that API_KEYS of the data service has for this one>"]
    )
