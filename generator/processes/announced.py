"""Waits for the line in which a program says where it listens."""

import json
from contextlib import suppress
from time import monotonic, sleep

from generator.processes.child import Child

_LOOK_SECONDS = 0.05


def announced_url(child: Child, name: str, seconds: float) -> str:
    """The URL that a program prints as a line of JSON, `{"NAME": "http://…"}`.

    Args:
        child: the program.
        name: the key.
        seconds: how long it may take.

    Returns:
        The URL; empty when the program has ended or time is over.
    """
    deadline = monotonic() + seconds
    while child.code is None and monotonic() < deadline:
        for line in child.output.splitlines():
            with suppress(ValueError):
                found = json.loads(line)
                if isinstance(found, dict) and isinstance(found.get(name), str):
                    return str(found[name])
        sleep(_LOOK_SECONDS)
    return ""
