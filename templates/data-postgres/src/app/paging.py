"""Pages by key: the next one starts after the last record of this one, whatever is inserted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, literal, tuple_

from app.base import Record
from app.cursor import Cursor, decode, encode

RecordT = TypeVar("RecordT", bound=Record)


class PageQuery(BaseModel):
    """Which page of a list; filters are the fields of its subclasses."""

    model_config = ConfigDict(extra="forbid")

    cursor: Cursor | None = Field(default=None, description="`next_cursor` of the page before.")
    limit: int = Field(default=50, ge=1, le=200)
    order: Literal["oldest", "newest"] = Field(default="oldest", description="Which comes first.")


@dataclass(frozen=True)
class Slice(Generic[RecordT]):
    """The records of one page, and where the next one starts."""

    items: Sequence[RecordT]
    next_cursor: str | None

    @classmethod
    def of(cls, records: Sequence[RecordT], query: PageQuery) -> "Slice[RecordT]":
        """Cut off the one record too many that `window` asks for to see whether more follow."""
        items = records[: query.limit]
        return cls(items, encode(items[-1]) if len(records) > query.limit else None)


def window(statement: Select[RecordT], model: type[RecordT], query: PageQuery) -> Select[RecordT]:
    """Return the statement's rows after the query's cursor: its limit and one more."""
    key = tuple_(model.created_at, model.id)
    newest = query.order == "newest"
    if query.cursor is not None:
        created_at, record_id = decode(query.cursor)
        start = tuple_(literal(created_at), literal(record_id))
        statement = statement.where(key < start if newest else key > start)
    order = [column.desc() if newest else column.asc() for column in (model.created_at, model.id)]
    return statement.order_by(*order).limit(query.limit + 1)
