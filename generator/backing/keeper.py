"""The process that holds one backing service and removes it when its pipe ends.

`python -m generator.backing.keeper` reads requests and writes answers, one JSON object a line.
The end of its input is the order to remove everything, whether the generator closed the pipe,
crashed or was killed: there is only this one way to stop.
"""

import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from types import FrameType
from typing import Any

from generator.backing.ladder import Request, UnsuitableError
from generator.backing.model import BackingKind, Opened, Places, Started
from generator.backing.postgres import open_postgres
from generator.backing.rabbitmq import open_rabbitmq
from generator.backing.redis import open_redis
from generator.backing.undo import Undo
from generator.errors import BackingUnavailableError

OPENERS: dict[BackingKind, Callable[[Request, Undo], tuple[Started, Opened]]] = {
    BackingKind.POSTGRES: open_postgres,
    BackingKind.RABBITMQ: open_rabbitmq,
    BackingKind.REDIS: open_redis,
}


def main() -> None:
    """Serve requests until the input ends, then remove everything."""
    undo = Undo()
    inbox: queue.SimpleQueue[str] = queue.SimpleQueue()

    def leave(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=_finish, args=(undo,)).start()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    threading.Thread(target=_read, args=(inbox, undo), daemon=True).start()
    try:
        _work(inbox, undo)
    finally:
        # A defect of ours is for the generator to show.
        if sys.exc_info()[0]:
            traceback.print_exc()
        # Not by returning: the end of Python would wait for the thread that reads.
        _finish(undo)


def _read(inbox: queue.SimpleQueue[str], undo: Undo) -> None:
    for line in sys.stdin:
        inbox.put(line)
    _finish(undo)


def _finish(undo: Undo) -> None:
    try:
        undo.finish()
    finally:
        _answer({"left_behind": undo.left_behind})
        # The main thread may still wait for a server that is gone; nothing is lost with it.
        os._exit(0)


def _work(inbox: queue.SimpleQueue[str], undo: Undo) -> None:
    try:
        started, opened = _open(json.loads(inbox.get()), undo)
    except BackingUnavailableError as error:
        _answer({"unavailable": {"message": error.message, "hint": error.hint}})
        return
    _answer({"started": asdict(started)})
    while True:
        _answer(_isolate(json.loads(inbox.get())["isolate"], started, opened))


def _open(request: dict[str, Any], undo: Undo) -> tuple[Started, Opened]:
    # JSON has lists where the places have tuples.
    places: dict[str, Any] = {
        name: tuple(place) if isinstance(place, list) else place
        for name, place in request["places"].items()
    }
    asked = Request(
        environment=request["environment"],
        use_running=request["use_running"],
        fetch=request["fetch"],
        run=request["run"],
        places=Places(**places),
    )
    return OPENERS[BackingKind(request["kind"])](asked, undo)


def _isolate(service_name: str, started: Started, opened: Opened) -> dict[str, Any]:
    try:
        return {"environment": opened.isolate(service_name)}
    except UnsuitableError as error:
        message = f"{service_name}: {error.outcome} ({started.rung}: {started.detail})"
        hint = "\n".join(("Its last lines:", *opened.lines())) if opened.lines() else ""
        return {"unavailable": {"message": message, "hint": hint}}


def _answer(message: dict[str, Any]) -> None:
    # Nobody listens any more when the generator was killed.
    with suppress(OSError):
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
