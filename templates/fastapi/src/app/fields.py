"""Types of fields that several features share; each says in OpenAPI exactly what it accepts."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

# The next one has to fit into the data service's column too.
MAX_VERSION = 2**31 - 2

# The data service stores every character but NUL.
WITHOUT_NUL = r"^[^\x00]*$"

# The pattern of HTML's <input type=email>, as the data service has it.
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*$"


def _number(value: object) -> object:
    # To JSON 7.0 is as whole a number as 7; "7" and true are none.
    return None if isinstance(value, bool | str) else value


Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=WITHOUT_NUL)]
SearchText = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=WITHOUT_NUL)]
Email = Annotated[str, StringConstraints(max_length=254, pattern=_EMAIL), AfterValidator(str.lower)]
Role = Literal["user", "admin"]
Version = Annotated[
    int,
    Field(
        ge=1,
        le=MAX_VERSION,
        description="The version that was read; an older one is refused (409).",
    ),
    BeforeValidator(_number),
]
# What the data service gives out as `next_cursor`.
Cursor = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{32}$")]
