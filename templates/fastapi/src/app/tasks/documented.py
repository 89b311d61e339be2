"""Shows in openapi.json what the payloads of tasks are."""

from collections.abc import Iterable
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from shared.messaging.contract import Task


class _Payloads:
    """Stands in an annotation: the value is any object, its description one of the payloads."""

    def __init__(self, tasks: Iterable[Task[Any]]) -> None:
        self._kinds = tuple(dict.fromkeys(task.payload for task in tasks))

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the description."""
        return {"anyOf": [handler(kind.__pydantic_core_schema__) for kind in self._kinds]}


def one_payload_of(tasks: Iterable[Task[Any]]) -> object:
    """Return what stands in the annotation of a payload of one of these tasks."""
    return _Payloads(tasks)
