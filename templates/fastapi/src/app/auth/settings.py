"""What auth reads from the environment."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from app.redis import RedisSettings

MIN_SECRET_BYTES = 32


def _long_secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value().encode()) < MIN_SECRET_BYTES:
        raise ValueError(f"shorter than {MIN_SECRET_BYTES} bytes")
    return value


def _page(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("not of the form https://host/path")
    return value.rstrip("/")


Secret = Annotated[SecretStr, AfterValidator(_long_secret)]


class AuthSettings(RedisSettings):
    """The secrets behind the tokens, how long those live, what a password costs, and the limits.

    The defaults of `password_*` are OWASP's: 46 MiB and one pass for each hash.
    """

    jwt_secret: Secret = Field(examples=["<32 random characters or more>"])
    # The one before: its tokens are accepted until they expire, and no new ones are signed with it.
    jwt_previous_secret: Secret | None = None
    access_token_seconds: int = Field(default=10 * 60, ge=10)
    refresh_token_seconds: int = Field(default=14 * 24 * 60 * 60, ge=60)
    refresh_leeway_seconds: int = Field(default=10, ge=0, le=60)
    session_seconds: int = Field(default=90 * 24 * 60 * 60, ge=60)
    login_attempts: int = Field(default=10, ge=1)
    login_window_seconds: int = Field(default=60, ge=1)
    registration_attempts: int = Field(default=20, ge=1)
    registration_window_seconds: int = Field(default=10 * 60, ge=1)
    message_attempts: int = Field(default=5, ge=1)
    message_window_seconds: int = Field(default=60 * 60, ge=1)
    confirm_addresses: bool = False
    confirmation_seconds: int = Field(default=2 * 60 * 60, ge=60)
    password_reset_seconds: int = Field(default=30 * 60, ge=60)
    account_pages_url: Annotated[str, AfterValidator(_page)] | None = Field(
        default=None, examples=["https://shop.example/account"]
    )
    password_threads: int = Field(default=2, ge=1)
    password_memory_kib: int = Field(default=46 * 1024, ge=8)
    password_passes: int = Field(default=1, ge=1)
