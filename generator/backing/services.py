"""Opens the backing services of a run and closes them with it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager

from generator.backing.model import BackingKind, Places, Started
from generator.backing.providers import Request
from generator.backing.supervised import SupervisedBacking


class BackingServices:
    """The backing services of a run, which start side by side; any thread may call it."""

    def __init__(self, supervised: Mapping[BackingKind, SupervisedBacking]) -> None:
        self._supervised = supervised

    @property
    def started(self) -> tuple[Started, ...]:
        """What runs and where it comes from; waits until all of them answer.

        Raises:
            BackingUnavailableError: one of them cannot be started or found.
        """
        return tuple(map(self.wait_for, self._supervised))

    @property
    def left_behind(self) -> tuple[str, ...]:
        """What could not be removed, one line each; known once the run has closed."""
        return tuple(line for backing in self._supervised.values() for line in backing.left_behind)

    def wait_for(self, kind: BackingKind) -> Started:
        """What runs of one kind; waits until it answers.

        Raises:
            BackingUnavailableError: it cannot be started or found.
            KeyError: it was not begun.
        """
        return self._supervised[kind].started

    def abandon(self) -> None:
        """Let go whoever waits for a server; none of them is needed any more."""
        for backing in self._supervised.values():
            backing.abandon()

    def isolate(self, service_name: str, kinds: Collection[BackingKind]) -> dict[str, str]:
        """Make room for one service in each kind; return the environment that leads to them.

        Raises:
            BackingUnavailableError: a server refused or no longer answers.
            KeyError: a kind that was not opened.
        """
        variables: dict[str, str] = {}
        for kind in sorted(kinds):
            self.wait_for(kind)
            variables |= self._supervised[kind].isolate(service_name)
        return variables

    def kill(self, kind: BackingKind) -> None:
        """Kill the server of one kind, which is started again by itself.

        Raises:
            BackingUnavailableError: it is not ours to kill.
            KeyError: a kind that was not opened.
        """
        self.wait_for(kind)
        self._supervised[kind].kill()

    def is_answering(self, kind: BackingKind) -> bool:
        """Whether the server of one kind answers now; raises as `kill`."""
        self.wait_for(kind)
        return self._supervised[kind].is_answering()

    def rename(self, old: str, new: str, kind: BackingKind) -> bool:
        """Give what one service has in kept data to its new name; whether there was anything.

        Raises:
            BackingUnavailableError: the server cannot be started, or refused.
            KeyError: a kind that was not opened.
        """
        self.wait_for(kind)
        return self._supervised[kind].rename(old, new)


@contextmanager
def begin_backing(kinds: Collection[BackingKind], request: Request) -> Iterator[BackingServices]:
    """Begin to start or find one server of each kind, and remove them afterwards.

    Args:
        kinds: what the services of this run need; may be empty.
        request: where to look for them.
    """
    with ExitStack() as stack:
        supervised = {
            kind: stack.enter_context(closing(SupervisedBacking(kind, request)))
            for kind in sorted(set(kinds))
        }
        yield BackingServices(supervised)


@contextmanager
def open_backing(
    kinds: Collection[BackingKind],
    *,
    environment: Mapping[str, str],
    use_running: bool = False,
    fetch: bool = False,
    places: Places | None = None,
) -> Iterator[BackingServices]:
    """Start or find one server of each kind, all at the same time, and remove them afterwards.

    Args:
        kinds: what the services of this run need; may be empty.
        environment: the caller's: `PATH`, `TMPDIR`, and a URL that names a server.
        use_running: prefer a server that already runs on loopback.
        fetch: whether a server may be downloaded when there is no other way.
        places: where to look beside `PATH`; None for the usual ones.

    Raises:
        BackingUnavailableError: one of them cannot be started or found.
    """
    request = Request(
        environment=environment, use_running=use_running, fetch=fetch, places=places or Places()
    )
    with begin_backing(kinds, request) as services:
        _ = services.started
        yield services
