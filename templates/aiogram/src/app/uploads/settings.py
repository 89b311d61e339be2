"""What people may send, and how long it is kept."""

from pydantic import Field

from app.settings import BotSettings
from shared.blobs import BlobSettings
from shared.messaging.settings import ConsumerSettings

_MIB = 1024 * 1024


class UploadSettings(BlobSettings, ConsumerSettings, BotSettings):
    """The limit of one file, its lifetime, and how long its result is waited for.

    A bot can't get more than 20 MiB from Telegram, unless it has a Bot API server of its own.
    """

    upload_max_bytes: int = Field(default=10 * _MIB, ge=1)
    upload_kept_seconds: int = Field(default=365 * 86400, ge=1)
    upload_result_seconds: int = Field(default=86400, ge=1)
