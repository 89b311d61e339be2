"""What several tables' schemas share: types of fields, and the form of many records at once.

Each type says in OpenAPI exactly what it accepts.
"""

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
)

T = TypeVar("T")

MAX_ITEMS = 100

# What a version may grow to, and the largest whole number that every JSON library keeps exactly.
MAX_INTEGER = 2**31 - 1
MAX_SAFE_INTEGER = 2**53 - 1
# PostgreSQL stores every character but NUL.
WITHOUT_NUL = r"^[^\x00]*$"
_FIRST_YEAR, _LAST_YEAR = 1970, 9998


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _text_only(value: object) -> object:
    if not isinstance(value, str | datetime):
        reason = "not a text of the form 2026-01-01T12:00:00Z"
        raise ValueError(reason)  # noqa: TRY004 - only this one becomes a finding about the field
    return value


def _in_our_time(value: datetime) -> datetime:
    # Nearer to the ends of the calendar a change of the time zone leaves it.
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"not between the years {_FIRST_YEAR} and {_LAST_YEAR}")
    return value.astimezone(UTC)


# On a strict int: 1.0 is the same number as 1 in JSON, while "1" and true are none.
# It stands behind the limits, or OpenAPI would not show them.
WHOLE = BeforeValidator(_whole)

Text = Annotated[str, StringConstraints(max_length=1000, pattern=WITHOUT_NUL)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=WITHOUT_NUL)]
SearchText = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=WITHOUT_NUL)]
Flag = Annotated[bool, Strict()]
Moment = Annotated[AwareDatetime, BeforeValidator(_text_only), AfterValidator(_in_our_time)]
Version = Annotated[
    int,
    Strict(),
    Field(ge=1, le=MAX_INTEGER, description="The version that was read; a stale one is a 409."),
    WHOLE,
]
# As a query parameter, where every value is a text, strictness would refuse all of them.
ReadVersion = Annotated[int, Field(ge=1, le=MAX_INTEGER, description="The version that was read.")]


class Bulk(BaseModel, Generic[T]):
    """Up to 100 items to write together."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[T], Field(min_length=1, max_length=MAX_ITEMS)]


class Written(BaseModel, Generic[T]):
    """What was written, in the order in which it was sent."""

    items: list[T]
