"""The settings of an imaginary service."""

from __future__ import annotations

import pytest
from pydantic import Field, SecretStr, field_validator

from shared.errors import ConfigurationError
from shared.settings import (
    CommaList,
    CommaMap,
    SecretMap,
    ServiceSettings,
    load_settings,
)
from shared.testing import set_environment


class Settings(ServiceSettings):
    database_url: SecretStr = Field(examples=["postgresql://app:secret@localhost/app"])
    readers: CommaList = ()
    limits: CommaMap = Field(default={})
    api_keys: SecretMap = Field(default={})
    sizes: list[int] = Field(default=[1])

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith("postgresql://"):
            message = f"{value.get_secret_value()} is no PostgreSQL URL"
            raise ValueError(message)
        return value


REQUIRED = {"SERVICE_NAME": "users-data", "DATABASE_URL": "postgresql://db/app"}


def load(patch: pytest.MonkeyPatch, **variables: str) -> Settings:
    set_environment(patch, Settings, **(REQUIRED | variables))
    return load_settings(Settings)


def failure(patch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(patch, **variables)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value).splitlines()
