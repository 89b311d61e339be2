"""Remembers how to take back what a supervisor makes, also while something is being made."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


class Cleanup:
    """What has been made and how to remove it, last thing first.

    One thread makes, another may close at any moment. Whatever is made inside `making()` is
    either registered or not begun when `close()` runs.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._stack = ExitStack()
        self._finished = False
        self.left_behind: list[str] = []

    @contextmanager
    def making(self) -> Iterator[ExitStack]:
        """Hold off `close()` while one thing is made and its removal registered.

        Raises:
            RuntimeError: `finish()` has run; nothing may be made any more.
        """
        with self._lock:
            if self._finished:
                raise RuntimeError("the supervisor is closing")
            yield self._stack

    def close(self) -> None:
        """Remove everything made so far; more may be made afterwards."""
        with self._lock:
            self._stack.close()

    def finish(self) -> None:
        """Remove everything and let nothing be made any more."""
        with self._lock:
            self._finished = True
            self._stack.close()
