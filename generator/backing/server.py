"""What every own server has in common: a folder, a port, and waiting until it answers."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from generator.backing.cleanup import Cleanup
from generator.backing.directory import InstanceDirectory
from generator.backing.model import RefusedError
from generator.backing.providers import Request, UnsuitableError
from generator.backing.spawn import Setting, unprivileged_account
from generator.processes import Child, free_port, lasting_port

T = TypeVar("T")

_NEEDED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_START_SECONDS = 30.0
PORTS_TRIED = 5
_PORT = "port"
# Between the end of a server that is kept running and its next start: twice as long each time.
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 10.0
_STEADY_SECONDS = 30.0
_LOOK_SECONDS = 0.5
_PORT_TAKEN = ("Address already in use", "eaddrinuse")
# Words of a server's last lines that say why it ended, the surest first.
_CAUSES = ("No space left", "File too large", "FATAL", "error:", "ERROR", "can't", "Can't")


@dataclass(frozen=True, kw_only=True, slots=True)
class Running(Generic[T]):
    """A server that answers: its process, its port on 127.0.0.1, and what it said of itself.

    `kept` is what starts it again, where its data are kept.
    """

    process: Child
    port: int
    said: T
    kept: "KeptServer | None" = None


def prepare(request: Request, cleanup: Cleanup) -> tuple[InstanceDirectory, Setting]:
    """A folder for an own server, and how its programs are run there.

    Raises:
        UnsuitableError: the folder cannot be made, or root has no other user to run them.
    """
    environment = request.environment
    account = unprivileged_account()
    directory = InstanceDirectory(request, account=account, cleanup=cleanup)
    # Others who run as nobody can read this, so it holds no more than a server needs.
    variables = {name: environment[name] for name in _NEEDED if name in environment}
    # What the programs say is read here, so it must be English.
    variables |= {"HOME": str(directory.folder), "LC_ALL": "C", "TZ": "UTC"}
    return directory, Setting(environment=variables, folder=directory.folder, account=account)


def run_server(
    directory: InstanceDirectory,
    launch: Callable[[int], Child],
    ask: Callable[[int], T],
    *,
    seconds: float | None = None,
) -> Running[T]:
    """Start a server and wait until it answers: on the port of the last run, else on a free one.

    Args:
        directory: remembers the port, when it is kept.
        launch: starts it on a port.
        ask: what the server on a port says of itself; raises `OSError` or `RefusedError` while it
            does not answer yet. Must not wait long: a stranger may hold the port and be silent.
        seconds: how long it may take to come up; None for what is usual.

    Raises:
        UnsuitableError: it does not come up; holds the last lines of its log.
    """
    for port in _ports(directory):
        process = launch(port)
        said = _await(process, partial(ask, port), seconds or _START_SECONDS)
        if said is not None:
            directory.note(_PORT, str(port))
            kept = None
            if directory.is_kept:
                kept = KeptServer(process, partial(launch, port), partial(ask, port))
            return Running(process=process, port=port, said=said, kept=kept)
    raise UnsuitableError(f"{PORTS_TRIED} free ports were taken by others, one after another")


class KeptServer:
    """Starts a server again whenever it ends by itself, on its port and its data.

    A run on data that are kept goes on for hours; one that verifies has to see what ends.

    Args:
        server: its first process.
        launch: starts it anew.
        ask: raises `OSError` or `RefusedError` while it does not answer.
    """

    def __init__(
        self, server: Child, launch: Callable[[], Child], ask: Callable[[], object]
    ) -> None:
        self._server, self._launch, self._ask = server, launch, ask
        threading.Thread(target=self._keep, daemon=True).start()

    def kill(self) -> None:
        """Kill it with all that it has started, and return when it is dead."""
        self._server.kill()

    def is_answering(self) -> bool:
        """Whether it answers now."""
        try:
            self._ask()
        except (OSError, RefusedError):
            return False
        return True

    def _keep(self) -> None:
        pause = _FIRST_PAUSE
        # A start while everything is removed is refused: see `Cleanup.making`.
        with suppress(RuntimeError):
            while True:
                begun = time.monotonic()
                while self._server.wait(_LOOK_SECONDS) is None:
                    pass
                is_steady = time.monotonic() - begun > _STEADY_SECONDS
                pause = _FIRST_PAUSE if is_steady else min(2 * pause, _LONGEST_PAUSE)
                time.sleep(pause)
                with suppress(OSError, UnsuitableError):
                    self._server = self._launch()


def _ports(directory: InstanceDirectory) -> Iterator[int]:
    if directory.is_kept:
        yield int(directory.remember(_PORT, lambda: str(lasting_port())))
    for _ in range(PORTS_TRIED):
        yield free_port()


def cause(process: Child) -> str:
    """The line that says why a program ended, among the last it said."""
    lines = process.lines()
    for word in _CAUSES:
        for line in lines:
            if word in line:
                return line
    return lines[-1] if lines else "it said nothing"


def says_port_taken(process: Child) -> bool:
    """Whether another program has taken a port of a program that ended."""
    return any(word in line for line in process.lines() for word in _PORT_TAKEN)


def _await(process: Child, ask: Callable[[], T], seconds: float) -> T | None:
    """What it says once it answers; None when another program has taken the port."""
    deadline = time.monotonic() + seconds
    while process.wait(0.01) is None:
        try:
            return ask()
        except (OSError, RefusedError) as error:
            if time.monotonic() > deadline:
                reason = f"it did not answer within {seconds:.0f} s: {error}"
                raise UnsuitableError(reason, log=process.lines()) from error
    if says_port_taken(process):
        return None
    raise UnsuitableError(f"the server ended: {cause(process)}", log=process.lines())
