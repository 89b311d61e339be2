"""What a picture says about itself, but for where it was taken and by whose device."""

from PIL.Image import Exif

ORIENTATION = 0x0112
_CAMERA = {"make": 0x010F, "model": 0x0110}
_DETAILS = 0x8769
_TAKEN = {"taken_at": 0x9003}
_MAX_LENGTH = 100


def facts_of(exif: Exif) -> dict[str, str]:
    """Return the camera's make and model and when it was taken, as far as they are texts.

    Only these are taken over: places, serial numbers and names stay behind by not being named.
    """
    details = exif.get_ifd(_DETAILS)
    found = {name: exif.get(tag) for name, tag in _CAMERA.items()}
    found |= {name: details.get(tag) for name, tag in _TAKEN.items()}
    return {name: text for name, value in found.items() if (text := _text(value))}


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return "".join(sign for sign in value if sign.isprintable()).strip()[:_MAX_LENGTH]
