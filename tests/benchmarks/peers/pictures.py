"""Makes the smaller forms of one picture over and over: `SIDE COUNT FILE`, by ours or by Pillow."""

import sys
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

_COMPRESSED, _THUMBNAIL, _QUALITY = 2048, 320, 80


def by_pillow(content: bytes) -> tuple[bytes, ...]:
    """What a short script does: upright, both sizes, JPEG without metadata."""
    with Image.open(BytesIO(content)) as image:
        image.draft(None, (_COMPRESSED, _COMPRESSED))
        larger = ImageOps.exif_transpose(image.convert("RGB"))
        larger.thumbnail((_COMPRESSED, _COMPRESSED), Image.Resampling.LANCZOS, reducing_gap=2.0)
        smaller = larger.copy()
        smaller.thumbnail((_THUMBNAIL, _THUMBNAIL), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _jpeg(smaller), _jpeg(larger)


def by_worker(content: bytes) -> tuple[bytes, ...]:
    """What the rendered worker's decoding process does."""
    imaging: Any = import_module("app.decoder.imaging")
    made = imaging.process_picture(content, imaging.Limits())
    return made.thumbnail.content, made.compressed.content


def _jpeg(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, "JPEG", quality=_QUALITY, exif=b"")
    return written.getvalue()


if __name__ == "__main__":
    side, count, file = sys.argv[1:]
    picture = Path(file).read_bytes()
    process = {"pillow": by_pillow, "worker": by_worker}[side]
    if [len(each) for each in by_pillow(picture)] != [len(each) for each in process(picture)]:
        raise SystemExit("The two sides make different pictures.")
    for _ in range(int(count)):
        process(picture)
