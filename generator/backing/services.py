"""Opens the backing services of a run and closes them with it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager

from generator.backing.kept import KeptBacking
from generator.backing.ladder import Request
from generator.backing.model import BackingKind, Places, Started


class BackingServices:
    """The running backing services of a run; any thread may call it."""

    def __init__(self, kept: Mapping[BackingKind, KeptBacking]) -> None:
        self._kept = kept
        self.started: tuple[Started, ...] = tuple(backing.started for backing in kept.values())

    @property
    def left_behind(self) -> tuple[str, ...]:
        """What could not be removed, one line each; known once the run has closed."""
        return tuple(line for backing in self._kept.values() for line in backing.left_behind)

    def isolate(self, service_name: str, kinds: Collection[BackingKind]) -> dict[str, str]:
        """Make room for one service in each kind; return the environment that leads to them.

        Raises:
            BackingUnavailableError: a server refused or no longer answers.
            KeyError: a kind that was not opened.
        """
        variables: dict[str, str] = {}
        for kind in sorted(kinds):
            variables |= self._kept[kind].isolate(service_name)
        return variables


@contextmanager
def open_backing(
    kinds: Collection[BackingKind],
    *,
    environment: Mapping[str, str],
    use_running: bool = False,
    places: Places | None = None,
) -> Iterator[BackingServices]:
    """Start or find one server of each kind, all at the same time, and remove them afterwards.

    Args:
        kinds: what the services of this run need; may be empty.
        environment: the caller's: `PATH`, `TMPDIR`, and a URL that names a server.
        use_running: prefer a server that already runs on loopback.
        places: where to look beside `PATH`; None for the usual ones.

    Raises:
        BackingUnavailableError: one of them cannot be started or found.
    """
    request = Request(environment=environment, use_running=use_running, places=places or Places())
    with ExitStack() as stack:
        kept = {
            kind: stack.enter_context(closing(KeptBacking(kind, request)))
            for kind in sorted(set(kinds))
        }
        yield BackingServices(kept)
