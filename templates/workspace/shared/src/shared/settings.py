"""Turns the environment into one typed object and says plainly what is missing or wrong."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from ipaddress import ip_network
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from shared.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

EXIT_CODE = 2
LAST_PORT = 65535
# From a service's port to the port of its metrics, where METRICS_PORT does not name one.
METRICS_PORT_OFFSET = 1000

S = TypeVar("S", bound=BaseSettings)


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _split_pairs(value: object) -> object:
    if not isinstance(value, str):
        return value
    pairs: dict[str, str] = {}
    parts = (part.strip() for part in value.split(",") if part.strip())
    for number, part in enumerate(parts, start=1):
        name, _, text = (piece.strip() for piece in part.partition("="))
        # The entry itself may be a secret, so only its place is named.
        if not (name and text):
            raise ValueError(f"entry {number} is not of the form name=value")
        if name in pairs:
            raise ValueError(f"entry {number} repeats a name")
        pairs[name] = text
    return pairs


def _are_networks(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if value != "*":
            ip_network(value)
    return values


def url_form(form: str, *schemes: str) -> AfterValidator:
    """Return a check that a text, secret or not, is a URL with one of these schemes and a host."""

    def check(value: str | SecretStr) -> str | SecretStr:
        parts = urlsplit(value if isinstance(value, str) else value.get_secret_value())
        # Reading the port is what checks it.
        if parts.scheme not in schemes or not parts.hostname or parts.port == 0:
            raise ValueError(f"not of the form {form}")
        return value

    return AfterValidator(check)


# Written `a,b` and `a=x,b=y`.
CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
SecretMap = Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(_split_pairs)]


class ServiceSettings(BaseSettings):
    """What every service reads; a variable is named like its field, in capitals.

    An empty variable counts as unset. A secret is a `SecretStr` and has no default.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    service_name: str = Field(examples=["users-data"])
    service_version: str = "0.0.0"
    environment: Literal["development", "production"] = "production"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=LAST_PORT)
    metrics_port: int | None = Field(default=None, ge=0, le=LAST_PORT, examples=[9000])
    api_docs: bool | None = None
    forwarded_allow_ips: Annotated[CommaList, AfterValidator(_are_networks)] = Field(
        default=("127.0.0.1", "::1"), examples=["10.0.0.0/8"]
    )
    shutdown_grace_seconds: int = Field(default=20, ge=0, le=3600)
    drain_seconds: float = Field(default=1, ge=0, le=3600)
    max_body_bytes: int = Field(default=1024 * 1024, ge=0)

    @property
    def metrics_at_port(self) -> int:
        """The port of /metrics: METRICS_PORT, else PORT + 1000; 0 is any free one."""
        if self.metrics_port is not None or not self.port:
            return self.metrics_port or 0
        above = self.port + METRICS_PORT_OFFSET
        return above if above <= LAST_PORT else self.port - METRICS_PORT_OFFSET

    @property
    def shows_docs(self) -> bool:
        """Whether /docs and /openapi.json are served: API_DOCS, else in development only."""
        return self.environment == "development" if self.api_docs is None else self.api_docs


def environment_names(cls: type[BaseSettings]) -> tuple[str, ...]:
    """Return the variables that these settings read."""
    return tuple(field.upper() for field in cls.model_fields)


def load_settings(cls: type[S]) -> S:
    """Read the environment; raises ConfigurationError with one line for each bad variable."""
    try:
        return cls()
    except ValidationError as error:
        lines = [_line(cls, each) for each in error.errors(include_url=False)]
    except SettingsError as error:
        lines = [str(error)]
    # Raised out here, it does not carry the other error, which holds the values.
    raise ConfigurationError("\n".join(lines))


@contextmanager
def exit_on_configuration_error() -> Iterator[None]:
    """Print a ConfigurationError to stderr, one line for each variable, and exit with 2."""
    try:
        yield
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(EXIT_CODE)


def _line(cls: type[BaseSettings], error: ErrorDetails) -> str:
    if not error["loc"]:
        return _reason(error)
    field, *within = (str(part) for part in error["loc"])
    where = f"{field.upper()}{''.join(f'[{part}]' for part in within)}"
    problem = "is missing" if error["type"] == "missing" else f"is not valid: {_reason(error)}"
    return f"{where} {problem}{_example(cls, field)}"


def _reason(error: ErrorDetails) -> str:
    reason = error["msg"].removeprefix("Value error, ")
    value = error["input"]
    # Our own validators may quote what they were given, and that may be a secret.
    ours = error["type"] in {"value_error", "assertion_error"}
    return reason.replace(value, "***") if ours and isinstance(value, str) and value else reason


def _example(cls: type[BaseSettings], field: str) -> str:
    known = cls.model_fields.get(field)
    if known is None or not (known.examples or known.default):
        return ""
    example = known.examples[0] if known.examples else known.default
    return "" if known.is_required() and not known.examples else f", e.g. {field.upper()}={example}"
