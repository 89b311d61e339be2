"""What a picture may cost, and how long what is made of it is kept."""

from math import ceil
from typing import Self

from pydantic import Field, model_validator

from app.decoder.imaging import Limits
from app.settings import WorkerSettings
from shared.blobs import BlobSettings

_MIB = 1024 * 1024
# What the worker itself takes, and what each decoder takes before it has a picture.
WORKER_MIB, DECODER_MIB = 192, 64
# What a decoder holds for each pixel at the worst, measured with WebP of 49 megapixels (770 MiB);
# PNG takes 280 to 650 MiB, depending on its mode.
BYTES_PER_PIXEL = 17


class MediaSettings(BlobSettings, WorkerSettings):
    """What pictures may be, and the memory that there is for them.

    The memory is what the container has. How many decoders there are follows from it, and from
    the largest picture that each of them must be able to take.
    """

    media_memory_mib: int = Field(default=2048, ge=1)
    media_max_pixels: int = Field(default=50_000_000, ge=1)
    media_thumbnail_pixels: int = Field(default=320, ge=16, le=2048)
    media_compressed_pixels: int = Field(default=2048, ge=16, le=8192)
    media_kept_seconds: int = Field(default=365 * 86400, ge=1)

    @property
    def decoder_memory_mib(self) -> int:
        """What one decoder may take: enough for the largest picture."""
        most = self.media_max_pixels * BYTES_PER_PIXEL + self.blob_max_bytes
        return ceil(most / _MIB) + DECODER_MIB

    @property
    def decoders(self) -> int:
        """How many pictures are decoded at the same time."""
        return (self.media_memory_mib - WORKER_MIB) // self.decoder_memory_mib

    @property
    def media_limits(self) -> Limits:
        """What a decoder is told."""
        return Limits(
            memory_mib=self.decoder_memory_mib,
            pixels=self.media_max_pixels,
            thumbnail=self.media_thumbnail_pixels,
            compressed=self.media_compressed_pixels,
        )

    @model_validator(mode="after")
    def _has_room_for_one_picture(self) -> Self:
        if self.decoders < 1:
            needed = WORKER_MIB + self.decoder_memory_mib
            message = (
                f"MEDIA_MEMORY_MIB is too little for one picture of MEDIA_MAX_PIXELS: "
                f"{needed} are needed"
            )
            raise ValueError(message)
        return self
