"""Which tasks may be posted, and whether a payload is one of theirs."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import ErrorDetails

from shared.errors import InvalidError
from shared.messaging.contract import Task


class Offer:
    """The tasks, by name."""

    def __init__(self, tasks: Iterable[Task[Any]]) -> None:
        self._tasks = {task.name: task for task in tasks}
        self.queues = tuple(dict.fromkeys(task.queue for task in self._tasks.values()))

    def find(self, name: str) -> Task[Any]:
        """Return the task of this name. Raises `InvalidError`."""
        if name not in self._tasks:
            known = ", ".join(self._tasks)
            raise _invalid([{"field": "body.type", "reason": f"should be one of: {known}"}])
        return self._tasks[name]

    @staticmethod
    def checked(task: Task[Any], payload: Mapping[str, JsonValue]) -> BaseModel:
        """Return the payload as the task's own. Raises `InvalidError`, which names its fields."""
        try:
            model: BaseModel = task.payload.model_validate_json(json.dumps(payload))
        except ValidationError as error:
            raise _invalid([_finding(each) for each in error.errors()]) from None
        return model


def _finding(each: ErrorDetails) -> JsonValue:
    place = ("body", "payload", *map(str, each["loc"]))
    return {"field": ".".join(place), "reason": each["msg"]}


def _invalid(findings: list[JsonValue]) -> InvalidError:
    return InvalidError("The request is not valid", errors=findings)
