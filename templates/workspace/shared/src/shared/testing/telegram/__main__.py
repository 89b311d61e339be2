"""Serves the fake Bot API until it is told to stop, or the pipe that is its input ends."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import stat
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING

from shared.testing.telegram.server import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    """Print where it listens as one line of JSON, and serve."""
    parser = argparse.ArgumentParser(prog="python -m shared.testing.telegram", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    arguments = parser.parse_args()
    try:
        asyncio.run(_serve(arguments.host, arguments.port))
    except OSError as error:
        parser.exit(6, f"error: cannot listen on {arguments.host}:{arguments.port}: {error}\n")


async def _serve(host: str, port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with FakeTelegram(host=host, port=port) as telegram:
        # Whoever has given it nothing to read, such as /dev/null, ends it by a signal.
        if stat.S_ISFIFO(os.fstat(0).st_mode) or os.isatty(0):
            args = (partial(loop.call_soon_threadsafe, stopped.set),)
            threading.Thread(target=_read_to_end, args=args, daemon=True).start()
        sys.stdout.write(json.dumps({"TELEGRAM_API_URL": telegram.url}) + "\n")
        sys.stdout.flush()
        await stopped.wait()


def _read_to_end(ended: Callable[[], object]) -> None:
    # By its number: a buffered reader cannot be left in the middle of a read.
    while os.read(0, 4096):
        pass
    ended()


if __name__ == "__main__":
    main()
