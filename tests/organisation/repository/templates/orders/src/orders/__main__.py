"""Starts the process: `python -m orders`."""

import os
import signal
import sys

import uvicorn

from orders.desk import create_app

if __name__ == "__main__":
    # uvicorn stops cleanly, then raises the signal again: that end is a good one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    uvicorn.run(create_app(), host=host, port=port)
