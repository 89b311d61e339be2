"""Pages by key: the next one starts after the last record of this one, whatever is inserted."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, func, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.base import Record
from shared.fields import Cursor

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_POSITION = Struct(">q16s")
_ESCAPE = "\\"

Prefixed: TypeAlias = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


class PageQuery(BaseModel):
    """Which page of a list; filters are the fields of its subclasses."""

    model_config = ConfigDict(extra="forbid")

    cursor: Cursor | None = Field(default=None, description="`next_cursor` of the page before.")
    limit: int = Field(default=50, ge=1, le=200)
    order: Literal["oldest", "newest"] = Field(default="oldest", description="Which comes first.")


def encode_cursor(created_at: datetime, record_id: UUID) -> str:
    """Return the opaque cursor of the page that starts after the record of this time and id."""
    position = (created_at - _EPOCH) // _MICROSECOND
    return urlsafe_b64encode(_POSITION.pack(position, record_id.bytes)).decode()


def decode_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Return the time and id of the record that the cursor was made of."""
    position, record_id = _POSITION.unpack(urlsafe_b64decode(cursor))
    return _EPOCH + min(max(position, 0), _LAST) * _MICROSECOND, UUID(bytes=record_id)


def select_page(statement: Select[Any], model: type[Record], query: PageQuery) -> Select[Any]:
    """Return the statement's rows after the query's cursor: its limit and one more.

    The one too many says whether another page follows.
    """
    key = tuple_(model.created_at, model.id)
    newest = query.order == "newest"
    if query.cursor is not None:
        created_at, record_id = decode_cursor(query.cursor)
        start = tuple_(literal(created_at), literal(record_id))
        statement = statement.where(key < start if newest else key > start)
    order = [column.desc() if newest else column.asc() for column in (model.created_at, model.id)]
    return statement.order_by(*order).limit(query.limit + 1)


def starts_with(column: Prefixed, text: str) -> ColumnElement[bool]:
    """Return whether the column starts with the text, in any case; `%` and `_` are plain.

    Needs an index on `lower(column) text_pattern_ops`.
    """
    plain = text.replace(_ESCAPE, _ESCAPE * 2).replace("%", r"\%").replace("_", r"\_")
    # Lowered by the database on both sides: its idea of lower case is the index's.
    return func.lower(column).like(func.lower(f"{plain}%"), escape=_ESCAPE)
