"""The settings that every service has."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """What every service reads; a variable is named like its field, in capitals.

    An empty variable counts as unset. A secret is a `SecretStr` and has no default.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    service_name: str = Field(examples=["users-data"])
    environment: Literal["development", "production"] = "production"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    shutdown_grace_seconds: int = Field(default=20, ge=0, le=3600)
    drain_seconds: float = Field(default=1, ge=0, le=3600)
    max_body_bytes: int = Field(default=1024 * 1024, ge=0)
