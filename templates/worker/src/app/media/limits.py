"""What a picture may be, and how large what is made of it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Memory of the process in MiB, pixels of a picture, longest sides of what is made of it."""

    memory_mib: int = 1024
    pixels: int = 50_000_000
    thumbnail: int = 320
    compressed: int = 2048
