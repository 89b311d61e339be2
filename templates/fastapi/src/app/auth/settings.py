"""What auth reads from the environment."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from app.redis import RedisSettings

MIN_SECRET_BYTES = 32


def _long_secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value().encode()) < MIN_SECRET_BYTES:
        raise ValueError(f"shorter than {MIN_SECRET_BYTES} bytes")
    return value


class AuthSettings(RedisSettings):
    """The secret behind the tokens, how long those live, and what a password costs.

    The defaults of `password_*` are OWASP's: 46 MiB and one pass for each hash.
    """

    jwt_secret: Annotated[SecretStr, AfterValidator(_long_secret)] = Field(
        examples=["<32 random characters or more>"]
    )
    access_token_seconds: int = Field(default=10 * 60, ge=10)
    refresh_token_seconds: int = Field(default=14 * 24 * 60 * 60, ge=60)
    login_attempts: int = Field(default=10, ge=1)
    login_window_seconds: int = Field(default=60, ge=1)
    password_threads: int = Field(default=2, ge=1)
    password_memory_kib: int = Field(default=46 * 1024, ge=8)
    password_passes: int = Field(default=1, ge=1)
