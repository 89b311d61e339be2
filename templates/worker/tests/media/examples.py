"""Pictures for tests."""

from io import BytesIO

from PIL import Image

SIDEWAYS = 6
_CAMERA, _ORIENTATION, _PLACE, _DETAILS, _TAKEN = 0x0110, 0x0112, 0x8825, 0x8769, 0x9003


def picture(width: int = 640, height: int = 480, form: str = "JPEG", mode: str = "RGB") -> bytes:
    """Return a picture as a file, whose left half is red."""
    image = Image.new("RGB", (8, 8), "blue")
    image.paste("red", (0, 0, 4, 8))
    image = image.convert(mode).resize((width, height), Image.Resampling.NEAREST)
    written = BytesIO()
    image.save(written, form)
    return written.getvalue()


def photo() -> bytes:
    """Return a JPEG as a telephone makes it: on its side, with camera, time and place."""
    image = Image.new("RGB", (640, 480), "blue")
    image.paste("red", (0, 0, 320, 480))
    exif = Image.Exif()
    exif[_CAMERA], exif[_ORIENTATION] = "Leica\0 M", SIDEWAYS
    exif.get_ifd(_DETAILS)[_TAKEN] = "2026:01:02 03:04:05"
    exif.get_ifd(_PLACE)[1] = "N"
    exif.get_ifd(_PLACE)[2] = (52.0, 31.0, 12.0)
    written = BytesIO()
    image.save(written, "JPEG", exif=exif)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    """Return the picture of a file."""
    return Image.open(BytesIO(content))
