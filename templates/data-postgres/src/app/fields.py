"""Types of fields that several tables share; each says in OpenAPI exactly what it accepts."""

from typing import Annotated

from pydantic import Field, Strict, StringConstraints

# The next one has to fit into an integer column too.
MAX_VERSION = 2**31 - 2
MAX_BIGINT = 2**63 - 1

# PostgreSQL stores every character but NUL.
WITHOUT_NUL = r"^[^\x00]*$"

Text = Annotated[str, StringConstraints(max_length=1000, pattern=WITHOUT_NUL)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=WITHOUT_NUL)]
SearchText = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=WITHOUT_NUL)]
Flag = Annotated[bool, Strict()]
# As a query parameter, where every value is a text, strictness would refuse all of them.
ReadVersion = Annotated[int, Field(ge=1, le=MAX_VERSION, description="The version that was read.")]
Version = Annotated[
    int,
    Strict(),
    Field(
        ge=1,
        le=MAX_VERSION,
        description="The version that was read; an older one is refused (409).",
    ),
]
