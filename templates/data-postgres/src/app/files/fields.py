"""Types of a file's fields."""

from typing import Annotated, Literal

from pydantic import Field, Strict, StringConstraints

from app.fields import MAX_SAFE_INTEGER, WHOLE, WITHOUT_NUL, Flag, Text

# 512 characters of four bytes still fit into one entry of a B-tree index.
StorageKey = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=WITHOUT_NUL)]
ContentType = Annotated[str, StringConstraints(max_length=255, pattern=r"^[!-.0-~]+/[ -~]+$")]
Size = Annotated[int, Strict(), Field(ge=0, le=MAX_SAFE_INTEGER, description="In bytes."), WHOLE]
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Status = Literal["pending", "processing", "ready", "failed"]

MetadataKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
Exact = Annotated[int, Strict()]
Fraction = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Metadata = Annotated[
    dict[MetadataKey, Flag | Exact | Fraction | Text | None],
    Field(
        max_length=50,
        description="Up to 50 names, each with a text, a number, a flag or null.",
        json_schema_extra={"additionalProperties": False},
    ),
]
