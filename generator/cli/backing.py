"""`generator backing KIND...` lends servers for as long as its standard input is open."""

import json
import os
import select
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Annotated

import typer

from generator.cli import console
from generator.cli.completion import complete_backing
from generator.cli.options import Fetch, UseRunning
from generator.errors import BackingUnavailableError, UsageError

_BY_SIGNAL = 128


def backing(
    kinds: Annotated[
        list[str],
        typer.Argument(
            help="postgres, redis, redis-cache, rabbitmq.",
            metavar="KIND...",
            autocompletion=complete_backing,
        ),
    ],
    *,
    as_env: Annotated[
        bool, typer.Option("--env", help="Print NAME=URL lines instead of JSON.")
    ] = False,
    use_running: UseRunning = False,
    fetch: Fetch = False,
) -> None:
    """Start backing services and print their URLs. They are kept until standard input ends.

    stdout gets one JSON object on one line: the variables that a service reads, such as
    DATABASE_URL. Everything is removed when standard input is closed, by the end of whoever
    started this too, or on a signal. Databases, prefixes and virtual hosts are new ones.

    Example: generator backing postgres redis
    """
    from generator.backing import Request
    from generator.usecases.backing import kinds_named, lend
    from generator.usecases.lazy_backing import LazyBacking

    wanted = kinds_named(kinds)
    request = Request(environment=os.environ, use_running=use_running, fetch=fetch)
    with LazyBacking(request, report=console.tell) as servers:
        servers.begin(wanted)
        ending = _Ending(servers.abandon)
        try:
            variables = lend(servers, wanted)
        except BackingUnavailableError:
            ending.leave_if_begun()
            raise
        _print(variables, as_env=as_env)
        ending.wait()


def _print(variables: Mapping[str, str], *, as_env: bool) -> None:
    if as_env:
        text = "".join(f"{name}={shlex.quote(url)}\n" for name, url in variables.items())
    else:
        # On one line: its reader knows when it is complete, although the pipe stays open.
        text = json.dumps({"schema": console.JSON_SCHEMA, **variables}) + "\n"
    sys.stdout.write(text)
    sys.stdout.flush()


class _Ending:
    """Comes when standard input ends, or a signal.

    Args:
        begin: called once, from a thread, when it comes.
    """

    def __init__(self, begin: Callable[[], None]) -> None:
        self._begin = begin
        self._come = threading.Event()
        self._signal = 0
        self._woken, self._wake = os.pipe()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._take)
        threading.Thread(target=self._watch, daemon=True).start()

    def wait(self) -> None:
        """Return when it comes."""
        self._come.wait()

    def leave_if_begun(self) -> None:
        """Leave as whoever ends it early expects.

        Raises:
            SystemExit: a signal came.
            UsageError: standard input ended.
        """
        if not self._come.is_set():
            return
        if self._signal:
            raise SystemExit(_BY_SIGNAL + self._signal)
        raise UsageError(
            "Standard input ended before the servers were there, so they were removed.",
            hint="Keep it open for as long as you need them: "
            "sleep 3600 | generator backing postgres",
        )

    def _take(self, number: int, _frame: FrameType | None) -> None:
        # A handler must not take a lock, which an event is.
        self._signal = self._signal or number
        os.write(self._wake, b"!")

    def _watch(self) -> None:
        stdin = sys.stdin.fileno()
        while True:
            ready, _, _ = select.select([stdin, self._woken], [], [])
            if self._woken in ready or not os.read(stdin, 65536):
                break
        self._come.set()
        self._begin()
