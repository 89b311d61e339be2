"""Decodes a picture within limits and makes its smaller forms."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps

from app.media.limits import Limits
from app.media.metadata import ORIENTATION, facts_of
from app.media.pictures import Encoded, PictureError, Pictures

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 80
# Those of the values of the tag by which a picture is looked at on its side.
_SIDEWAYS = range(5, 9)


def processed(content: bytes, limits: Limits) -> Pictures:
    """Return a picture's smaller forms, upright and without what it says about its place.

    Of an animation it is the first frame. Raises `PictureError`.
    """
    try:
        with warnings.catch_warnings():
            # Our own limit comes right after the size is known, before anything is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=FORMATS) as image:
                return _made_of(image, limits)
    except PictureError:
        raise
    except MemoryError:
        raise PictureError("it takes more memory than it may") from None
    except Image.DecompressionBombError as error:
        raise PictureError("it has too many pixels") from error
    except Exception as error:
        # Decoders of damaged files end in nearly anything.
        raise PictureError(f"it can't be read: {type(error).__name__}") from error


def _made_of(image: Image.Image, limits: Limits) -> Pictures:
    width, height = image.size
    if width * height > limits.pixels:
        raise PictureError(f"it has {width} x {height} pixels, more than {limits.pixels}")
    exif = image.getexif()
    if exif.get(ORIENTATION) in _SIDEWAYS:
        width, height = height, width
    facts, name = facts_of(exif), "JPEG" if image.format == "MPO" else str(image.format)
    # A JPEG can be decoded at a fraction of its size, which saves most of the time and memory.
    image.draft(None, (limits.compressed, limits.compressed))
    profile = image.info.get("icc_profile") if image.mode in {"RGB", "RGBA"} else None
    larger = ImageOps.exif_transpose(_shrunk(_plain(image), limits.compressed))
    smaller = _shrunk(larger.copy(), limits.thumbnail)
    return Pictures(
        width=width,
        height=height,
        format=name,
        facts=facts,
        thumbnail=_encoded(smaller, profile),
        compressed=_encoded(larger, profile),
    )


def _plain(image: Image.Image) -> Image.Image:
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return image


def _encoded(image: Image.Image, profile: bytes | None) -> Encoded:
    written = BytesIO()
    # Colours need their profile; nothing else of what the file said goes along.
    image.info = {}
    if image.mode == "RGBA":
        image.save(written, "WEBP", quality=_QUALITY, icc_profile=profile or b"", method=2)
        return Encoded(content_type="image/webp", content=written.getvalue())
    image.save(written, "JPEG", quality=_QUALITY, icc_profile=profile, exif=b"")
    return Encoded(content_type="image/jpeg", content=written.getvalue())
