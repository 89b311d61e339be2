"""What every variant reads from the environment; `features.py` adds what its features need."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from app.database_url import DatabaseTarget, parse_database_url
from shared.errors import ConfigurationError
from shared.settings import CommaList, SecretMap, ServiceSettings

MIN_KEY_LENGTH = 32


def _database_url(value: SecretStr) -> SecretStr:
    parse_database_url(value.get_secret_value())
    return value


def _long_keys(value: dict[str, SecretStr]) -> dict[str, SecretStr]:
    if not value:
        raise ValueError("names no consumer")
    short = [name for name, key in value.items() if len(key) < MIN_KEY_LENGTH]
    if short:
        raise ValueError(f"shorter than {MIN_KEY_LENGTH} characters: the key of {', '.join(short)}")
    return value


DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]


class DatabaseSettings(ServiceSettings):
    """What it takes to reach the database."""

    database_url: DatabaseUrl = Field(
        examples=["postgresql://user:password@localhost:5432/database"]
    )
    database_pool_size: int = Field(default=5, ge=1)
    database_pool_overflow: int = Field(default=5, ge=0)
    database_pool_timeout_seconds: float = Field(default=3, gt=0)
    database_statement_timeout_ms: int = Field(default=5000, ge=1)
    # DATABASE_URL leads to a pooler that lends a connection for one transaction.
    database_transaction_pooling: bool = False
    database_migration_url: DatabaseUrl | None = Field(
        default=None, examples=["postgresql://user:password@localhost:5432/database"]
    )

    @property
    def database(self) -> DatabaseTarget:
        """What DATABASE_URL says, in the driver's terms."""
        return parse_database_url(self.database_url.get_secret_value())

    @property
    def migration_database(self) -> DatabaseTarget:
        """Where migrations connect. Raises `ConfigurationError` when a pooler is in the way."""
        if self.database_migration_url is not None:
            return parse_database_url(self.database_migration_url.get_secret_value())
        if self.database_transaction_pooling:
            reason = "DATABASE_TRANSACTION_POOLING is on, and a migration holds a lock of a session"
            raise ConfigurationError(f"DATABASE_MIGRATION_URL is missing: {reason}")
        return self.database


class DataSettings(DatabaseSettings):
    """Where the data is, who may call, and how long keys of requests are kept."""

    api_keys: Annotated[SecretMap, AfterValidator(_long_keys)] = Field(
        examples=["users-api=<32 characters or more>"]
    )
    credentials_readers: CommaList = ()
    idempotency_key_hours: int = Field(default=24, ge=1)

    @model_validator(mode="after")
    def _readers_have_keys(self) -> Self:
        unknown = set(self.credentials_readers) - set(self.api_keys)
        if unknown:
            raise ValueError(f"CREDENTIALS_READERS without a key in API_KEYS: {sorted(unknown)}")
        return self
