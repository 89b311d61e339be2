"""What a picture may cost, and how long what is made of it is kept."""

from pydantic import Field

from app.media.limits import Limits
from app.settings import WorkerSettings
from shared.blobs import BlobSettings


class MediaSettings(BlobSettings, WorkerSettings):
    """How many pictures are processed at a time, and what each may be and take."""

    media_processes: int = Field(default=2, ge=1, le=64)
    media_memory_mib: int = Field(default=1024, ge=256)
    media_max_pixels: int = Field(default=50_000_000, ge=1)
    media_thumbnail_pixels: int = Field(default=320, ge=16, le=2048)
    media_compressed_pixels: int = Field(default=2048, ge=16, le=8192)
    media_kept_seconds: int = Field(default=365 * 86400, ge=1)

    @property
    def media_limits(self) -> Limits:
        """What the process that decodes is told."""
        return Limits(
            memory_mib=self.media_memory_mib,
            pixels=self.media_max_pixels,
            thumbnail=self.media_thumbnail_pixels,
            compressed=self.media_compressed_pixels,
        )
