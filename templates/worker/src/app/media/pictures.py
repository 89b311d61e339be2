"""What is made of a picture."""

from dataclasses import dataclass, field


class PictureError(Exception):
    """This is no picture that can be processed; the message says why."""


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
