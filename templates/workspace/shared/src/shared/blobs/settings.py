"""Where blobs are, and for how long."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr

from shared.messaging.settings import TaskSettings


def _location(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.scheme in {"redis", "rediss"} and parts.hostname:
        return value
    if parts.scheme == "file" and not parts.netloc and PurePosixPath(parts.path).is_absolute():
        return value
    raise ValueError("not of the form redis://:password@host:6379/0 or file:///folder")


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """What stands in front of every reference, and how much is kept for how long."""

    prefix: str
    max_bytes: int
    seconds: int


class BlobSettings(TaskSettings):
    """Where blobs are, if not in the Redis of the tasks; how large they may be, how long kept."""

    blob_store_url: Annotated[SecretStr, AfterValidator(_location)] | None = Field(
        default=None, examples=["file:///var/lib/blobs"]
    )
    blob_max_bytes: int = Field(default=20 * 1024 * 1024, ge=1)
    blob_seconds: int = Field(default=7 * 86400, ge=1)

    @property
    def blob_location(self) -> str:
        """The URL of the store; it may hold a password."""
        return (self.blob_store_url or self.redis_url).get_secret_value()

    @property
    def blob_folder(self) -> str | None:
        """The folder, if blobs are files."""
        parts = urlsplit(self.blob_location)
        return unquote(parts.path) if parts.scheme == "file" else None

    @property
    def blob_keeping(self) -> Keeping:
        """What a store must know."""
        return Keeping(
            prefix=f"{self.messaging_prefix}blob:",
            max_bytes=self.blob_max_bytes,
            seconds=self.blob_seconds,
        )
