"""Kills what a verification started when the verification itself was killed.

Run as a program of its own, with the write end of its standard input held by the verification
alone: `+GROUP` and `-GROUP` lines keep the list of living process groups, and the end of the
input means that nobody is left to stop them.
"""

import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress


def survivors(lines: Iterable[str]) -> set[int]:
    """The groups that were announced and never taken back."""
    groups: set[int] = set()
    for line in lines:
        change = groups.add if line.startswith("+") else groups.discard
        change(int(line[1:]))
    return groups


def main() -> None:
    """Wait for the end of the input, then kill who is left."""
    for group in survivors(sys.stdin):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
