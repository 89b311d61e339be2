"""Pages by keyset: a cursor says after which row the next page starts."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter
from pydantic_core import to_json

from shared.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")


class Page(BaseModel, Generic[T]):
    """Some items and the cursor of the page after them, None on the last one."""

    items: list[T]
    next_cursor: str | None = None


def encode_cursor(key: object) -> str:
    """Return a cursor that `decode_cursor` turns back into this key."""
    return urlsafe_b64encode(to_json(key)).rstrip(b"=").decode()


def decode_cursor(cursor: str, kind: type[T]) -> T:
    """Return the key in a cursor; raises BadRequestError when this is no cursor of that kind."""
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return TypeAdapter(kind).validate_json(text, strict=True)
    except ValueError:
        message = "cursor is not one that this service gave out"
        raise BadRequestError(message, field="cursor") from None


def cut_page(
    rows: Sequence[R], limit: int, key: Callable[[R], object]
) -> tuple[Sequence[R], str | None]:
    """Cut rows queried with `limit + 1` down to a page; returns it and the next cursor."""
    if len(rows) <= limit:
        return rows, None
    page = rows[:limit]
    return page, encode_cursor(key(page[-1]))
