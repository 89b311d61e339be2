"""Types that services agree on, of fields and pages: each says in OpenAPI what it accepts."""

from datetime import UTC, datetime
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    Strict,
    StringConstraints,
)

# What a version may grow to, and the largest whole number that every JSON library keeps exactly.
MAX_INTEGER = 2**31 - 1
MAX_SAFE_INTEGER = 2**53 - 1
# PostgreSQL stores every character but NUL.
WITHOUT_NUL = r"^[^\x00]*$"
_FIRST_YEAR, _LAST_YEAR = 1970, 9998

# The pattern of HTML's <input type=email>: ASCII, so that upper and lower case have one meaning.
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
_EMAIL = rf"^{_LOCAL}@{_LABEL}(?:\.{_LABEL})*$"


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
# What a page gives out as `next_cursor`. Whatever has this form is a position, so a cursor that
# somebody made up is no error either.
Cursor = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{32}$")]

Email = Annotated[str, StringConstraints(max_length=254, pattern=_EMAIL), AfterValidator(str.lower)]
Role = Literal["user", "admin"]

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """Some items and the cursor of the page after them, None on the last one."""

    items: list[T]
    next_cursor: str | None = None
