"""Shows what the services of a running system say: one stream, a prefix and a colour for each."""

import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from generator.cli import console

if TYPE_CHECKING:
    from generator.running import Record

# What waits to be shown while the terminal does not take it; beyond it lines are left out, and
# counted: no service waits for somebody's terminal.
_MOST_WAITING = 20_000
_COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
_LEVELS = {"debug": 2, "warning": 33, "error": 31, "critical": 31}
_STACK = "exception.stacktrace"
# What stands elsewhere in the line that is shown.
_LEFT_OUT = frozenset({"message", "timestamp", "level", "logger", "service.name", _STACK})


class LineFormat:
    """How a line is shown.

    Args:
        coloured: for a person at a terminal: in colours, and JSON put into words.
    """

    def __init__(self, *, coloured: bool) -> None:
        self._coloured = coloured
        self._prefixes: dict[str, str] = {}

    def __call__(self, service: str, moment: str, text: str) -> str:
        """The line with whose it is."""
        prefix = self._prefixes.get(service) or self._add(service)
        if not self._coloured:
            return f"{prefix}{text}\n"
        return f"{prefix}{_in_words(text, moment)}\n"

    def _add(self, service: str) -> str:
        names = [*self._prefixes, service]
        width = max(map(len, names))
        for number, name in enumerate(names):
            colour = _COLOURS[number % len(_COLOURS)]
            prefix = f"{name:<{width}} | "
            self._prefixes[name] = f"\x1b[{colour}m{prefix}\x1b[0m" if self._coloured else prefix
        return self._prefixes[service]


def _in_words(text: str, moment: str) -> str:
    """A line of a JSON log as a person reads it; any other line as it is."""
    fields = _fields(text)
    clock = f"\x1b[2m{moment[11:19]}\x1b[0m "
    if fields is None:
        return clock + text
    level = str(fields.get("level", "info"))
    rest = " ".join(f"{name}={value}" for name, value in fields.items() if name not in _LEFT_OUT)
    shown = f"\x1b[{_LEVELS[level]}m{level}\x1b[0m " if level in _LEVELS else ""
    stack = "".join(f"\n    {line}" for line in str(fields.get(_STACK, "")).splitlines())
    return f"{clock}{shown}{fields['message']} \x1b[2m{rest}\x1b[0m{stack}"


def _fields(text: str) -> dict[str, object] | None:
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "message" in found else None


class LogView:
    """Shows what happens on stderr, and what services say on stdout.

    Args:
        only: the services that are shown; all when empty.
        quiet: whether none is.
        on_ready: called once, when everything is ready.
    """

    def __init__(
        self, only: Sequence[str], *, quiet: bool, on_ready: "Callable[[Record], None]"
    ) -> None:
        self._only = frozenset(only)
        self._quiet = quiet
        self._on_ready = on_ready
        self._ready = False
        coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self._format = LineFormat(coloured=coloured)
        self._waiting: queue.SimpleQueue[tuple[str, str, Sequence[str]] | None]
        self._waiting = queue.SimpleQueue()
        self._count = 0
        self._left_out = 0
        self._lock = threading.Lock()
        self._printer = threading.Thread(target=self._print_all, daemon=True)

    def __enter__(self) -> Self:
        self._printer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._waiting.put(None)
        self._printer.join()

    def tell(self, message: str, /) -> None:
        """Say what happens."""
        console.tell(message)

    def said(self, service: str, moment: str, lines: Sequence[str], /) -> None:
        """Show what a service says, as soon as the terminal takes it."""
        if self._quiet or (self._only and service not in self._only):
            return
        with self._lock:
            if self._count > _MOST_WAITING:
                self._left_out += len(lines)
                return
            self._count += len(lines)
        self._waiting.put((service, moment, lines))

    def changed(self, record: "Record", /) -> None:
        """Say once that everything is ready."""
        from generator.running import Phase

        if record.phase is Phase.READY and not self._ready:
            self._ready = True
            self._on_ready(record)

    def _print_all(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            service, moment, lines = waiting
            text = "".join(self._format(service, moment, line) for line in lines)
            with self._lock:
                self._count -= len(lines)
                left_out, self._left_out = self._left_out, 0
            if left_out:
                text += f"… {left_out} lines are left out here: generator logs has them\n"
            try:
                sys.stdout.write(text)
                sys.stdout.flush()
            except (OSError, ValueError):
                # Nobody reads any more; what is said is in the files.
                self._quiet = True
                return
