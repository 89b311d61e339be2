"""The opaque text that says where the next page starts."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from app.base import Record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_POSITION = Struct(">q16s")

# Whatever has this form is a position, so a cursor that somebody made up is no error either.
Cursor = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{32}$")]


def encode(record: Record) -> str:
    """Return the cursor of the page that starts after this record."""
    position = (record.created_at - _EPOCH) // _MICROSECOND
    return urlsafe_b64encode(_POSITION.pack(position, record.id.bytes)).decode()


def decode(cursor: str) -> tuple[datetime, UUID]:
    """Return the time and id of the record that the cursor was made of."""
    position, record_id = _POSITION.unpack(urlsafe_b64decode(cursor))
    return _EPOCH + min(max(position, 0), _LAST) * _MICROSECOND, UUID(bytes=record_id)
