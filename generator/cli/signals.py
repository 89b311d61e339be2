"""Lets SIGTERM and SIGHUP end a command as Ctrl-C does: cleaned up behind, and told."""

import signal
from types import FrameType

# Windows, which is refused in one line, has not both.
_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Interruption:
    """Whether a signal has ended the command; Typer itself makes of that a mere exit code."""

    def __init__(self) -> None:
        self.came = False

    def listen(self) -> None:
        """Turn SIGINT, SIGTERM and SIGHUP into KeyboardInterrupt.

        While the command cleans up behind itself, a second SIGTERM or SIGHUP waits; a second
        Ctrl-C does not. What the caller has us ignore (`nohup`) stays ignored.
        """
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._interrupt)
        for number in _ENDING:
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, self._interrupt)

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self.came = True
        for number in _ENDING:
            # A handler, for what is ignored would be ignored by our children too.
            if signal.getsignal(number) == self._interrupt:
                signal.signal(number, _wait)
        raise KeyboardInterrupt


def _wait(_number: int, _frame: FrameType | None) -> None:
    """Let the clean-up go on."""
