"""The process that shows a running system, as `parent.py` starts it."""

import os
import signal
import sys
import threading
from contextlib import suppress

from generator.cli.screen.app import SystemScreen


def main() -> None:
    """Show what comes in until it ends; say what a person asks for."""
    # Whoever runs the system takes these, ends it, and only then us.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # Set to nothing it asks for nothing.
    if not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)
    # A size that some shells and libraries pass on: it would hold against that of the terminal.
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)
    shown, asked, title, *only = sys.argv[1:]
    answers = os.fdopen(int(asked), "wb", buffering=0)

    def ask(line: bytes) -> None:
        # Whoever would be asked may have been killed, which the end of the other pipe tells.
        with suppress(OSError):
            answers.write(line)

    screen = SystemScreen(title, only, ask=ask)
    incoming = os.fdopen(int(shown), "rb")
    threading.Thread(target=screen.hear, args=(incoming,), daemon=True).start()
    screen.run()
    raise SystemExit(screen.return_code or 0)


if __name__ == "__main__":
    main()
