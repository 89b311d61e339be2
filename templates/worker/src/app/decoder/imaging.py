"""Decodes a picture within limits and makes its smaller forms."""

import warnings
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 80
_ORIENTATION = 0x0112
# Those of the values of the tag by which a picture is looked at on its side.
_SIDEWAYS = range(5, 9)
_CAMERA = {"make": 0x010F, "model": 0x0110}
_DETAILS = 0x8769
_TAKEN = {"taken_at": 0x9003}
_MAX_LENGTH = 100


class PictureError(Exception):
    """This is no picture that can be processed, however often; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Memory of a decoder in MiB, pixels of a picture, longest sides of what is made of it."""

    memory_mib: int = 896
    pixels: int = 50_000_000
    thumbnail: int = 320
    compressed: int = 2048


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """A picture as a file."""

    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """A picture's smaller forms, and what is known of it; sizes are of how it is looked at."""

    width: int
    height: int
    format: str
    facts: dict[str, str]
    thumbnail: Encoded
    compressed: Encoded


def process_picture(content: bytes, limits: Limits) -> Pictures:
    """Return a picture's smaller forms, upright and without what it says about its place.

    Of an animation it is the first frame. Raises `PictureError`, and `MemoryError` where there is
    too little.
    """
    try:
        with warnings.catch_warnings():
            # Our own limit comes right after the size is known, before anything is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=FORMATS) as image:
                return _make_forms(image, limits)
    except (PictureError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise PictureError("it has too many pixels") from error
    except Exception as error:
        # Decoders of damaged files end in nearly anything.
        raise PictureError(f"it can't be read: {type(error).__name__}") from error


def _make_forms(image: Image.Image, limits: Limits) -> Pictures:
    width, height = image.size
    if width * height > limits.pixels:
        raise PictureError(f"it has {width} x {height} pixels, more than {limits.pixels}")
    exif = image.getexif()
    if exif.get(_ORIENTATION) in _SIDEWAYS:
        width, height = height, width
    facts, name = _read_facts(exif), "JPEG" if image.format == "MPO" else str(image.format)
    # A JPEG can be decoded at a fraction of its size, which saves most of the time and memory.
    image.draft(None, (limits.compressed, limits.compressed))
    profile = image.info.get("icc_profile") if image.mode in {"RGB", "RGBA"} else None
    larger = ImageOps.exif_transpose(_shrink(_to_plain(image), limits.compressed))
    smaller = _shrink(larger.copy(), limits.thumbnail)
    return Pictures(
        width=width,
        height=height,
        format=name,
        facts=facts,
        thumbnail=_encode(smaller, profile),
        compressed=_encode(larger, profile),
    )


def _to_plain(image: Image.Image) -> Image.Image:
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _shrink(image: Image.Image, side: int) -> Image.Image:
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return image


def _encode(image: Image.Image, profile: bytes | None) -> Encoded:
    written = BytesIO()
    # Colours need their profile; nothing else of what the file said goes along.
    image.info = {}
    if image.mode == "RGBA":
        image.save(written, "WEBP", quality=_QUALITY, icc_profile=profile or b"", method=2)
        return Encoded(content_type="image/webp", content=written.getvalue())
    image.save(written, "JPEG", quality=_QUALITY, icc_profile=profile, exif=b"")
    return Encoded(content_type="image/jpeg", content=written.getvalue())


def _read_facts(exif: Image.Exif) -> dict[str, str]:
    """Return the camera's make and model and when it was taken, as far as they are texts.

    Only these are taken over: places, serial numbers and names stay behind by not being named.
    """
    details = exif.get_ifd(_DETAILS)
    found = {name: exif.get(tag) for name, tag in _CAMERA.items()}
    found |= {name: details.get(tag) for name, tag in _TAKEN.items()}
    return {name: text for name, value in found.items() if (text := _to_text(value))}


def _to_text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return "".join(sign for sign in value if sign.isprintable()).strip()[:_MAX_LENGTH]
