"""Shows a verification while it goes on: one live line on a terminal, a line a result elsewhere."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from generator.cli import console
from generator.verification.events import Event, Finished, Planned, Started

if TYPE_CHECKING:
    from rich.status import Status


class Progress:
    """Takes a verification's events; draws only on a terminal."""

    def __init__(self) -> None:
        self._running: list[str] = []
        self._done = 0
        self._planned = 0
        self._status: Status | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._status = console.talk_console().status("preparing")
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._status:
            self._status.stop()

    def tell(self, message: str, /) -> None:
        """Say something above the live line."""
        if self._status:
            self._status.console.print(message, markup=False)
        else:
            console.tell(message)

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, Planned):
            self._planned = sum(len(checks) for _, checks in event.checks)
        elif isinstance(event, Started):
            self._running.append(f"{event.subject} {event.check}")
        elif isinstance(event, Finished):
            self._finish(event)
        if self._status:
            running = ", ".join(self._running) or "waiting"
            self._status.update(f"{self._done}/{self._planned} · {running}")

    def _finish(self, event: Finished) -> None:
        self._done += 1
        word = f"{event.result.subject} {event.result.check}"
        if word in self._running:
            self._running.remove(word)
        if not self._status:
            outcome = event.result.outcome.replace("_", " ")
            console.tell(f"  {word}: {outcome} ({event.result.seconds:.1f} s)")
