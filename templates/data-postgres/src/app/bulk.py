"""Many records in one transaction: all are written or none.

An error's extension `index` says which item was refused.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from app.base import Record
from app.failures import item
from app.records import Records

MAX_ITEMS = 100

T = TypeVar("T")
RecordT = TypeVar("RecordT", bound=Record)


class Bulk(BaseModel, Generic[T]):
    """Up to 100 items to write together."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[T], Field(min_length=1, max_length=MAX_ITEMS)]


class Written(BaseModel, Generic[T]):
    """What was written, in the order in which it was sent."""

    items: list[T]


async def add_all(records: Records[RecordT], new: Sequence[RecordT]) -> list[RecordT]:
    """Insert the new records; raises what `Records.add` raises."""
    added = []
    for index, record in enumerate(new):
        with item(index):
            added.append(await records.add(record))
    return added


async def change_all(
    records: Records[RecordT], patches: Sequence[Mapping[str, Any]]
) -> list[RecordT]:
    """Apply patches that name `id` and `version`; raises what `Records.change` raises."""
    changed: dict[int, RecordT] = {}
    # Everybody locks rows in the order of their ids, so two bulk changes can't wait for each other.
    for index, patch in sorted(enumerate(patches), key=lambda pair: pair[1]["id"]):
        with item(index):
            changed[index] = await records.change(patch["id"], patch["version"], **changes(patch))
    return [changed[index] for index in range(len(patches))]


def changes(patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a patch changes: everything but the record's id and version."""
    return {name: value for name, value in patch.items() if name not in {"id", "version"}}
