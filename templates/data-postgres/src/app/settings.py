"""What every variant reads from the environment; `features.py` adds what its features need."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from shared.settings import CommaList, SecretMap, ServiceSettings

MIN_KEY_LENGTH = 32


def _database_url(value: SecretStr) -> SecretStr:
    try:
        url = make_url(value.get_secret_value())
    except ArgumentError:
        raise ValueError("not a URL") from None
    if url.get_backend_name() != "postgresql" or not url.database:
        raise ValueError("not of the form postgresql://user:password@host:5432/database")
    return value


def _long_keys(value: dict[str, SecretStr]) -> dict[str, SecretStr]:
    if not value:
        raise ValueError("names no consumer")
    short = [name for name, key in value.items() if len(key) < MIN_KEY_LENGTH]
    if short:
        raise ValueError(f"shorter than {MIN_KEY_LENGTH} characters: the key of {', '.join(short)}")
    return value


class DatabaseSettings(ServiceSettings):
    """What it takes to reach the database; all that a migration needs."""

    database_url: Annotated[SecretStr, AfterValidator(_database_url)] = Field(
        examples=["postgresql://user:password@localhost:5432/database"]
    )
    database_pool_size: int = Field(default=5, ge=1)
    database_pool_overflow: int = Field(default=5, ge=0)
    database_pool_timeout_seconds: float = Field(default=3, gt=0)
    database_statement_timeout_ms: int = Field(default=5000, ge=1)

    @property
    def sqlalchemy_url(self) -> URL:
        """The database's URL with the driver named: without one SQLAlchemy 2.1 means psycopg."""
        return make_url(self.database_url.get_secret_value()).set(drivername="postgresql+asyncpg")


class DataSettings(DatabaseSettings):
    """Where the data is, and who may call."""

    api_keys: Annotated[SecretMap, AfterValidator(_long_keys)] = Field(
        examples=["users-api=<32 characters or more>"]
    )
    credentials_readers: CommaList = ()

    @model_validator(mode="after")
    def _readers_have_keys(self) -> Self:
        unknown = set(self.credentials_readers) - set(self.api_keys)
        if unknown:
            raise ValueError(f"CREDENTIALS_READERS without a key in API_KEYS: {sorted(unknown)}")
        return self
