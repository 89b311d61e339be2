"""Lists and maps as people write them into a variable: `a,b` and `a=x,b=y`."""

from typing import Annotated

from pydantic import BeforeValidator, SecretStr
from pydantic_settings import NoDecode


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _split_pairs(value: object) -> object:
    if not isinstance(value, str):
        return value
    pairs: dict[str, str] = {}
    parts = (part.strip() for part in value.split(",") if part.strip())
    for number, part in enumerate(parts, start=1):
        name, _, text = (piece.strip() for piece in part.partition("="))
        # The entry itself may be a secret, so only its place is named.
        if not (name and text):
            message = f"entry {number} is not of the form name=value"
            raise ValueError(message)
        if name in pairs:
            message = f"entry {number} repeats a name"
            raise ValueError(message)
        pairs[name] = text
    return pairs


CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
CommaMap = Annotated[dict[str, str], NoDecode, BeforeValidator(_split_pairs)]
SecretMap = Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(_split_pairs)]
