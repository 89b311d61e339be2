"""Types of fields that several features share; each says in OpenAPI exactly what it accepts."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, Strict, StringConstraints

MAX_INTEGER = 2**31 - 1

# The data service stores every character but NUL.
WITHOUT_NUL = r"^[^\x00]*$"

# The pattern of HTML's <input type=email>, as the data service has it.
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
_EMAIL = rf"^{_LOCAL}@{_LABEL}(?:\.{_LABEL})*$"


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=WITHOUT_NUL)]
SearchText = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=WITHOUT_NUL)]
Email = Annotated[str, StringConstraints(max_length=254, pattern=_EMAIL), AfterValidator(str.lower)]
Role = Literal["user", "admin"]
Version = Annotated[
    int,
    Strict(),
    Field(ge=1, le=MAX_INTEGER, description="The version that was read; a stale one is a 409."),
    # 1.0 is the same number as 1 in JSON, while "1" and true are none. It stands behind the
    # limits, or OpenAPI would not show them.
    BeforeValidator(_whole),
]
# What the data service gives out as `next_cursor`.
Cursor = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{32}$")]
