"""The form of many records at once, and a version in a query."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from shared.fields import MAX_INTEGER

T = TypeVar("T")

MAX_ITEMS = 100
# As a query parameter, where every value is a text, strictness would refuse all of them.
ReadVersion = Annotated[int, Field(ge=1, le=MAX_INTEGER, description="The version that was read.")]


class Bulk(BaseModel, Generic[T]):
    """Up to 100 items to write together."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[T], Field(min_length=1, max_length=MAX_ITEMS)]


class Written(BaseModel, Generic[T]):
    """What was written, in the order in which it was sent."""

    items: list[T]
