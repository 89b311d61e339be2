"""Prints, as JSON, which messages the code of rendered services has to do with.

Each service is imported as when it starts, in a process of its own; nothing of it is opened.
"""

import gc
import importlib
import json
import sys
from multiprocessing import get_context
from typing import Any

from shared.messaging.consuming import EventHandler, MessageConsumer
from shared.messaging.contract import EventData, Task
from shared.messaging.schedule import Schedule
from shared.messaging.topology import event_queue, task_queue

# What takes long to import, once for all services.
_HEAVY = ("aiogram", "fastapi", "shared.messaging.publishing", "shared.web", "sqlalchemy.orm")


def found(source: str) -> dict[str, Any]:
    """What is consumed and handled, with its queues, and which messages are named at all."""
    sys.path.insert(0, source)
    importlib.import_module("app.features")
    consumes: dict[str, list[str]] = {}
    handles: dict[str, str] = {}
    for consumer in (one for one in gc.get_objects() if isinstance(one, MessageConsumer)):
        for handler in consumer.handlers:
            if isinstance(handler, EventHandler):
                queues = consumes.setdefault(handler.event.type, [])
                queues.append(event_queue("{service}", consumer.queue))
            else:
                handles[handler.task.name] = task_queue(consumer.queue)
    named = list(_named_in("app"))
    kinds = [one for one in named if isinstance(one, type) and issubclass(one, EventData)]
    return {
        "consumes": {event: sorted(queues) for event, queues in consumes.items()},
        "handles": handles,
        "tasks": {one.name: task_queue(one.queue) for one in named if isinstance(one, Task)},
        "events": sorted({one.type for one in kinds if "type" in vars(one)}),
        "scheduled": [one.task.name for one in gc.get_objects() if isinstance(one, Schedule)],
    }


def _named_in(package: str) -> list[object]:
    modules = [each for name, each in sys.modules.items() if name.split(".")[0] == package]
    return [value for module in modules for value in vars(module).values()]


if __name__ == "__main__":
    for heavy in _HEAVY:
        importlib.import_module(heavy)
    with get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        json.dump(pool.map(found, sys.argv[1:], chunksize=1), sys.stdout)
