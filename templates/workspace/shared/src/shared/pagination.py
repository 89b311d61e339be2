"""The form of a page that every list answers with."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """Some items and the cursor of the page after them, None on the last one."""

    items: list[T]
    next_cursor: str | None = None
