"""How this process and its decoders talk: parts with their lengths, never objects.

A picture that breaks out of its decoder gets at no more than bytes and JSON on this side.
"""

import json
from dataclasses import asdict
from struct import Struct

from app.decoder.imaging import Encoded, Limits, PictureError, Pictures

LENGTH = Struct(">I")
REQUEST_PARTS, RESPONSE_PARTS = 2, 3


class DecoderError(Exception):
    """The decoder failed and not, as far as is known, the picture: another attempt may succeed."""


def pack(*parts: bytes) -> bytes:
    """Return the parts, each behind its length."""
    return b"".join(LENGTH.pack(len(part)) + part for part in parts)


def pack_request_head(limits: Limits, size: int) -> bytes:
    """Return what comes before the bytes of a picture, of which there are `size`."""
    return pack(json.dumps(asdict(limits)).encode()) + LENGTH.pack(size)


def read_limits(part: bytes) -> Limits:
    """Return the limits of a request."""
    return Limits(**json.loads(part))


def pack_response(outcome: Pictures | PictureError | DecoderError) -> bytes:
    """Return what says how it went."""
    if not isinstance(outcome, Pictures):
        kind = "picture" if isinstance(outcome, PictureError) else "decoder"
        return pack(json.dumps({"error": str(outcome), "kind": kind}).encode(), b"", b"")
    described = {
        "size": [outcome.width, outcome.height],
        "format": outcome.format,
        "facts": outcome.facts,
        "types": [outcome.thumbnail.content_type, outcome.compressed.content_type],
    }
    forms = outcome.thumbnail.content, outcome.compressed.content
    return pack(json.dumps(described).encode(), *forms)


def read_response(described: bytes, thumbnail: bytes, compressed: bytes) -> Pictures:
    """Return what a response holds; raises `PictureError` or `DecoderError` if it says so."""
    found = json.loads(described)
    if "error" in found:
        kind = PictureError if found["kind"] == "picture" else DecoderError
        raise kind(found["error"])
    small, large = (str(each) for each in found["types"])
    width, height = (int(each) for each in found["size"])
    return Pictures(
        width=width,
        height=height,
        format=str(found["format"]),
        facts={str(name): str(text) for name, text in found["facts"].items()},
        thumbnail=Encoded(content_type=small, content=thumbnail),
        compressed=Encoded(content_type=large, content=compressed),
    )
