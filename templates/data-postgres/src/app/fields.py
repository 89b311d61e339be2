"""Types of fields that several tables share; each says in OpenAPI exactly what it accepts."""

from typing import Annotated

from pydantic import BeforeValidator, Field, Strict, StringConstraints

# What a version may grow to, and the largest whole number that every JSON library keeps exactly.
MAX_INTEGER = 2**31 - 1
MAX_SAFE_INTEGER = 2**53 - 1
# PostgreSQL stores every character but NUL.
WITHOUT_NUL = r"^[^\x00]*$"


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# On a strict int: 1.0 is the same number as 1 in JSON, while "1" and true are none.
# It stands behind the limits, or OpenAPI would not show them.
WHOLE = BeforeValidator(_whole)

Text = Annotated[str, StringConstraints(max_length=1000, pattern=WITHOUT_NUL)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=WITHOUT_NUL)]
SearchText = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=WITHOUT_NUL)]
Flag = Annotated[bool, Strict()]
Version = Annotated[
    int,
    Strict(),
    Field(ge=1, le=MAX_INTEGER, description="The version that was read; a stale one is a 409."),
    WHOLE,
]
# As a query parameter, where every value is a text, strictness would refuse all of them.
ReadVersion = Annotated[int, Field(ge=1, le=MAX_INTEGER, description="The version that was read.")]
