"""The process that holds one backing service and removes it when its pipe ends.

`python -m generator.backing.supervisor` reads requests and writes answers, one JSON object a line.
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
from contextlib import suppress
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from generator.backing.cleanup import Cleanup
from generator.backing.kinds import KINDS
from generator.backing.model import BackingKind, Opened, Places, Started
from generator.backing.providers import Request, UnsuitableError, resolve
from generator.errors import BackingUnavailableError


def main() -> None:
    """Serve requests until the input ends, then remove everything."""
    cleanup = Cleanup()
    inbox: queue.SimpleQueue[str] = queue.SimpleQueue()

    def leave(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=_finish, args=(cleanup,)).start()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    threading.Thread(target=_read, args=(inbox, cleanup), daemon=True).start()
    try:
        _work(inbox, cleanup)
    finally:
        # A defect of ours is for the generator to show.
        if sys.exc_info()[0]:
            traceback.print_exc()
        # Not by returning: the end of Python would wait for the thread that reads.
        _finish(cleanup)


def _read(inbox: queue.SimpleQueue[str], cleanup: Cleanup) -> None:
    for line in sys.stdin:
        inbox.put(line)
    _finish(cleanup)


def _finish(cleanup: Cleanup) -> None:
    try:
        cleanup.finish()
    finally:
        _answer({"left_behind": cleanup.left_behind})
        # The main thread may still wait for a server that is gone; nothing is lost with it.
        os._exit(0)


def _work(inbox: queue.SimpleQueue[str], cleanup: Cleanup) -> None:
    try:
        started, opened = _open(json.loads(inbox.get()), cleanup)
    except BackingUnavailableError as error:
        _answer({"unavailable": {"message": error.message, "hint": error.hint}})
        return
    _answer({"started": asdict(started)})
    while True:
        asked = json.loads(inbox.get())
        if "rename" in asked:
            _answer(_rename(opened, *asked["rename"]))
        elif "kill" in asked or "look" in asked:
            _answer(_kill(opened) if "kill" in asked else _look(opened))
        else:
            _answer(_isolate(asked["isolate"], started, opened))


def _open(request: dict[str, Any], cleanup: Cleanup) -> tuple[Started, Opened]:
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
        folder=Path(request["folder"]) if request["folder"] else None,
        durable=request["durable"],
    )
    kind = BackingKind(request["kind"])
    providers = import_module(KINDS[kind].module).PROVIDERS
    return resolve(kind, providers, request=asked, cleanup=cleanup)


def _isolate(service_name: str, started: Started, opened: Opened) -> dict[str, Any]:
    try:
        return {"environment": opened.isolate(service_name)}
    except UnsuitableError as error:
        message = f"{service_name}: {error.outcome} ({started.provider}: {started.detail})"
        hint = "\n".join(("Its last lines:", *opened.lines())) if opened.lines() else ""
        return {"unavailable": {"message": message, "hint": hint}}


def _rename(opened: Opened, old: str, new: str) -> dict[str, Any]:
    try:
        return {"renamed": {"done": bool(opened.rename and opened.rename(old, new))}}
    except UnsuitableError as error:
        return {"unavailable": {"message": error.outcome}}


def _kill(opened: Opened) -> dict[str, Any]:
    if opened.kept is None:
        return {"unavailable": {"message": f"{opened.detail} is not ours to kill"}}
    opened.kept.kill()
    return {"killed": {}}


def _look(opened: Opened) -> dict[str, Any]:
    if opened.kept is None:
        return {"unavailable": {"message": f"{opened.detail} is not ours"}}
    return {"seen": {"answers": opened.kept.is_answering()}}


def _answer(message: dict[str, Any]) -> None:
    # Nobody listens any more when the generator was killed.
    with suppress(OSError):
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
