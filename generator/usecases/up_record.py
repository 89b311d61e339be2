"""Keeps the record of a running system up to date, on disk and in view."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from generator.errors import GeneratorError
from generator.running import (
    Phase,
    Places,
    Record,
    ServiceStatus,
    State,
    System,
    write_record,
)

_LOOK_SECONDS = 0.5


class UpView(Protocol):
    """Whoever shows a running system; called from any thread."""

    def tell(self, message: str, /) -> None:
        """Hear what happens, a line at a time."""

    def said(self, service: str, moment: str, lines: Sequence[str], /) -> None:
        """Hear what a service says."""

    def changed(self, record: Record, /) -> None:
        """Hear that the state of something has changed."""


class RecordKeeper:
    """Writes down what runs whenever that has changed.

    Args:
        places: where the record is.
        view: hears of it as well.
    """

    def __init__(self, places: Places, view: UpView) -> None:
        self.view = view
        self.changed = threading.Event()
        self._path = places.record
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._record = Record(pid=os.getpid(), phase=Phase.STARTING, since=now)
        self._told = ""

    def write(self, record: Record) -> None:
        """Write down what differs."""
        if record != self._record:
            self._record = record
            write_record(self._path, record)
            self.view.changed(record)

    @property
    def record(self) -> Record:
        """What was written down last."""
        return self._record

    def fail(self, error: GeneratorError) -> None:
        """Write down why it failed; where that cannot be done, it is only raised."""
        fields = {"type": type(error).__name__, "message": error.message, "hint": error.hint}
        self._try(replace(self._record, phase=Phase.FAILED, error=fields))

    def close(self) -> None:
        """Write down that it has ended, unless it failed."""
        if self._record.phase is not Phase.FAILED:
            stopped = tuple(
                replace(one, state=State.STOPPED, pid=None) for one in self._record.services
            )
            self._try(replace(self._record, phase=Phase.STOPPED, services=stopped))

    def note(self, services: tuple[ServiceStatus, ...]) -> None:
        """Write down what the services do; where that cannot be done, they go on."""
        self._try(replace(self._record, services=services))

    def enter(self, phase: Phase) -> None:
        """Write down what the system as a whole does, unless it failed."""
        if self._record.phase is not Phase.FAILED:
            self._try(replace(self._record, phase=phase))

    def tell_once(self, message: str) -> None:
        """Say something that goes on, the first time."""
        if message and message != self._told:
            self._told = message
            self.view.tell(message)

    def _try(self, record: Record) -> None:
        try:
            self.write(record)
        except GeneratorError as error:
            self.tell_once(error.message)


@contextmanager
def watched(system: System, keeper: RecordKeeper) -> Iterator[None]:
    """Keep the record up to date from a thread while this one waits for the services."""
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            keeper.changed.wait(_LOOK_SECONDS)
            keeper.changed.clear()
            keeper.note(system.statuses)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        keeper.changed.set()
        watcher.join()
