"""Opens the backing services when they will be needed, and not when everything is cached."""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self

from generator.backing import KINDS, BackingKind, BackingServices, Request, Started, begin_backing
from generator.catalog import TemplateSpec, backing_specs
from generator.errors import MissingPrerequisiteError
from generator.usecases.reporter import Reporter, silent

# What takes so long to start that it is begun before anybody is sure to need it.
SLOW = frozenset(kind for kind, spec in KINDS.items() if spec.slow)


class LazyBacking:
    """The backing services of a verification; any thread may ask.

    Args:
        request: where servers may come from.

    Attributes:
        report: hears which provider was taken, and what was left.
        missing: why a server could not be had; None while nobody asked, or all is well.
    """

    def __init__(self, request: Request, *, report: Reporter = silent) -> None:
        self._request = request
        self.report = report
        self._stack = ExitStack()
        self._lock = threading.Lock()
        self._begun: dict[BackingKind, BackingServices] = {}
        self._told: dict[BackingKind, Started] = {}
        self.missing: MissingPrerequisiteError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)
        for line in (line for one in self._begun.values() for line in one.left_behind):
            self.report(line)

    @property
    def begun(self) -> frozenset[BackingKind]:
        """What was begun so far."""
        with self._lock:
            return frozenset(self._begun)

    @property
    def used(self) -> tuple[Started, ...]:
        """The servers that somebody asked for and that answered, by kind."""
        with self._lock:
            return tuple(self._told[kind] for kind in sorted(self._told))

    def begin(self, kinds: Collection[BackingKind]) -> None:
        """Let these servers start while other work is done; those that were begun stay."""
        with self._lock:
            # What takes longest first.
            for kind in sorted(set(kinds) - set(self._begun), key=lambda kind: kind not in SLOW):
                begun = begin_backing({kind}, self._request)
                self._begun[kind] = self._stack.enter_context(begun)

    def abandon(self) -> None:
        """Let go whoever waits for a server: the run was interrupted."""
        with self._lock:
            for begun in self._begun.values():
                begun.abandon()

    def isolate(self, service: str, kinds: Collection[BackingKind]) -> dict[str, str]:
        """The variables that lead one service to its part of each server.

        Raises:
            BackingUnavailableError: when a server can be neither started nor found.
        """
        self.begin(kinds)
        variables: dict[str, str] = {}
        for kind in sorted(kinds, key=lambda kind: kind in SLOW):
            self._wait_for(kind)
            variables |= self._begun[kind].isolate(service, {kind})
        return variables

    def kill(self, kind: BackingKind) -> None:
        """Kill a server that somebody uses, which is started again by itself.

        Raises:
            BackingUnavailableError: it is not ours to kill.
        """
        self._begun[kind].kill(kind)

    def is_answering(self, kind: BackingKind) -> bool:
        """Whether a server that somebody uses answers now; raises as `kill`."""
        return self._begun[kind].is_answering(kind)

    def _wait_for(self, kind: BackingKind) -> None:
        try:
            started = self._begun[kind].wait_for(kind)
        except MissingPrerequisiteError as error:
            self.missing = self.missing or error
            raise
        with self._lock:
            if kind not in self._told:
                self._told[kind] = started
                self.report(_line(started))


@contextmanager
def begun_early(
    spec: TemplateSpec, features: Iterable[str], request: Request
) -> Iterator[LazyBacking]:
    """Let what starts slowly start while a service is rendered that will be verified on it."""
    needed = {BackingKind(one.server) for one in backing_specs(spec.backing_for(features))}
    with LazyBacking(request) as backing:
        backing.begin(needed & SLOW)
        yield backing


class ServiceVariables(Mapping[str, str]):
    """A service's variables: fixed ones, and those of its backing services once they are needed.

    Args:
        backing: where the latter come from.
        service: the service's name.
        kinds: what it needs.
        fixed: further variables; the backing services' win.
        same: variables that get the value of another one.
    """

    def __init__(
        self,
        backing: LazyBacking,
        service: str,
        kinds: Collection[BackingKind],
        fixed: Mapping[str, str],
        same: Mapping[str, str] | None = None,
    ) -> None:
        self._backing = backing
        self._service = service
        self._kinds = kinds
        self._fixed = fixed
        self._same = same or {}
        self._lock = threading.Lock()
        self._known: Mapping[str, str] | None = None

    def __getitem__(self, name: str) -> str:
        return self._variables()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables())

    def __len__(self) -> int:
        return len(self._variables())

    def _variables(self) -> Mapping[str, str]:
        with self._lock:
            if self._known is None:
                isolated = self._backing.isolate(self._service, self._kinds)
                twins = {name: isolated[other] for name, other in self._same.items()}
                self._known = {**self._fixed, **isolated, **twins}
            return self._known


def _line(started: Started) -> str:
    return f"{started.kind}: {started.provider}, {started.detail}"
