"""Shows a running system: what services say as one stream and, on a terminal, a table below it."""

import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

from generator.cli import console
from generator.cli.log_format import LineFormat

if TYPE_CHECKING:
    from generator.running import Record

# What waits to be shown while the terminal does not take it; beyond it lines are left out, and
# counted: no service waits for somebody's terminal.
_MOST_WAITING = 20_000
_REFRESH_SECONDS = 1.0
# Each time that something is shown the table is drawn anew.
_GATHER_SECONDS = 0.05
# A message, or a service with a moment and its lines.
_Item: TypeAlias = "str | tuple[str, str, Sequence[str]]"


def is_shown_coloured() -> bool:
    """Whether stdout is a terminal that shows colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


class LogView:
    """Shows what happens on stderr, and what services say on stdout.

    On a terminal the state of all services stands below, and is kept up to date.

    Args:
        only: the services that are shown; all when empty.
        quiet: whether none is, and no table.
        on_ready: called once, when everything is ready.
    """

    def __init__(
        self, only: Sequence[str], *, quiet: bool, on_ready: "Callable[[Record], None]"
    ) -> None:
        self._only = frozenset(only)
        self._quiet = quiet
        self._on_ready = on_ready
        self._ready = False
        self._format = LineFormat(coloured=is_shown_coloured())
        self._waiting: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._count = 0
        self._left_out = 0
        self._lock = threading.Lock()
        able = console.is_interactive() and sys.stdout.isatty()
        self._footer = Footer() if able and not quiet else None
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
        if self._footer:
            self._waiting.put(message)
        else:
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
        """Show it, and say once that everything is ready."""
        from generator.running import Phase

        if self._footer:
            self._footer.record = record
        if record.phase is Phase.READY and not self._ready:
            self._ready = True
            self._on_ready(record)

    def _print_all(self) -> None:
        while True:
            items = self._gathered()
            over = None in items
            text = "".join([self._text(item) for item in items if item is not None])
            self._write(text, is_last=over)
            if over:
                return

    def _gathered(self) -> "list[_Item | None]":
        """What waits to be shown; on a terminal, all that comes within a moment at once."""
        try:
            items = [self._waiting.get(timeout=_REFRESH_SECONDS if self._footer else None)]
        except queue.Empty:
            return []
        if self._footer and items != [None]:
            time.sleep(_GATHER_SECONDS)
        with suppress(queue.Empty):
            while items[-1] is not None:
                items.append(self._waiting.get_nowait())
        return items

    def _text(self, item: _Item) -> str:
        if isinstance(item, str):
            return f"{item}\n"
        service, moment, lines = item
        text = self._format(service, moment, lines)
        with self._lock:
            self._count -= len(lines)
            left_out, self._left_out = self._left_out, 0
        if left_out:
            text += f"… {left_out} lines are left out here: generator logs has them\n"
        return text

    def _write(self, text: str, *, is_last: bool = False) -> None:
        if self._footer:
            text = self._footer.around(text, is_last=is_last)
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except (OSError, ValueError):
            # Nobody reads any more; what is said is in the files.
            self._quiet = True


class Footer:
    """The table that stands below everything that is printed; one thread prints.

    Attributes:
        record: what it shows.
    """

    def __init__(self) -> None:
        from generator.running import UsageMeter

        self.record: Record | None = None
        self._meter = UsageMeter()
        self._drawn = ""
        self._fresh_until = 0.0

    def around(self, text: str, *, is_last: bool) -> str:
        """The text in the place of the table, and the table again below it."""
        above = self._drawn.count("\n")
        # To where the table begins, which is not wider than the terminal, and away with it.
        clear = f"\x1b[{above}F\x1b[J" if above else ""
        if time.monotonic() > self._fresh_until or is_last:
            self._drawn = "" if is_last else self._render()
            self._fresh_until = time.monotonic() + _REFRESH_SECONDS
        elif not text:
            return ""
        return f"{clear}{text}{self._drawn}"

    def _render(self) -> str:
        from generator.cli.services_table import services_table
        from generator.usecases.running_system import usage_of

        record = self.record
        if record is None or not record.services:
            return ""
        shown = console.output_console()
        with shown.capture() as captured:
            shown.print(services_table(record, usage_of(record, self._meter)))
        return f"\n{captured.get()}"
