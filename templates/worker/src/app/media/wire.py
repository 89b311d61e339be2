"""How this process and those that decode talk: parts with their lengths, never objects.

A picture that breaks out of the decoder gets at no more than bytes and JSON on this side.
"""

import json
from dataclasses import asdict
from struct import Struct

from app.media.limits import Limits
from app.media.pictures import Encoded, PictureError, Pictures

LENGTH = Struct(">I")
REQUEST_PARTS, ANSWER_PARTS = 2, 3


def packed(*parts: bytes) -> bytes:
    """Return the parts, each behind its length."""
    return b"".join(LENGTH.pack(len(part)) + part for part in parts)


def request(content: bytes, limits: Limits) -> bytes:
    """Return what asks for a picture to be processed."""
    return packed(json.dumps(asdict(limits)).encode(), content)


def answer(pictures: Pictures | PictureError) -> bytes:
    """Return what says how it went."""
    if isinstance(pictures, PictureError):
        return packed(json.dumps({"error": str(pictures)}).encode(), b"", b"")
    told = {
        "size": [pictures.width, pictures.height],
        "format": pictures.format,
        "facts": pictures.facts,
        "types": [pictures.thumbnail.content_type, pictures.compressed.content_type],
    }
    made = pictures.thumbnail.content, pictures.compressed.content
    return packed(json.dumps(told).encode(), *made)


def limits_of(told: bytes) -> Limits:
    """Return the limits of a request."""
    return Limits(**json.loads(told))


def pictures_of(told: bytes, thumbnail: bytes, compressed: bytes) -> Pictures:
    """Return what an answer holds; raises `PictureError` if it says so."""
    said = json.loads(told)
    if "error" in said:
        raise PictureError(said["error"])
    small, large = (str(each) for each in said["types"])
    width, height = (int(each) for each in said["size"])
    return Pictures(
        width=width,
        height=height,
        format=str(said["format"]),
        facts={str(name): str(text) for name, text in said["facts"].items()},
        thumbnail=Encoded(content_type=small, content=thumbnail),
        compressed=Encoded(content_type=large, content=compressed),
    )
