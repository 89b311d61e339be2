"""Opens the backing services when the first check needs them, and not when everything is cached."""

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from generator.backing import BackingKind, BackingServices, open_backing
from generator.errors import EnvironmentMissingError
from generator.usecases.events import Teller


class LazyBacking:
    """The backing services of a verification; any thread may ask.

    Args:
        kinds: what the services of this run need.
        environment: the caller's, which may name servers by URL.
        use_running: prefer a server that already runs on loopback.
        tell: told which rung was taken.

    Attributes:
        missing: why the servers could not be had; None while nobody asked, or all is well.
    """

    def __init__(
        self,
        kinds: Collection[BackingKind],
        *,
        environment: Mapping[str, str],
        use_running: bool,
        tell: Teller,
    ) -> None:
        self._kinds = kinds
        self._environment = environment
        self._use_running = use_running
        self._tell = tell
        self._stack = ExitStack()
        self._lock = threading.Lock()
        self._opened: BackingServices | None = None
        self.missing: EnvironmentMissingError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)
        for line in self._opened.left_behind if self._opened else ():
            self._tell(line)

    def isolate(self, service: str, kinds: Collection[BackingKind]) -> dict[str, str]:
        """The variables that lead one service to its part of each server.

        Raises:
            BackingUnavailableError: when a server can be neither started nor found.
        """
        with self._lock:
            # What was not there a moment ago is not looked for again for every service.
            if self.missing:
                raise self.missing
            opened = self._opened or self._open()
        return opened.isolate(service, kinds)

    def _open(self) -> BackingServices:
        opening = open_backing(
            self._kinds, environment=self._environment, use_running=self._use_running
        )
        try:
            self._opened = self._stack.enter_context(opening)
        except EnvironmentMissingError as error:
            self.missing = error
            raise
        for started in self._opened.started:
            self._tell(f"{started.kind}: {started.rung}, {started.detail}")
        return self._opened


class ServiceVariables(Mapping[str, str]):
    """A service's variables: fixed ones, and those of its backing services once they are needed.

    Args:
        backing: where the latter come from.
        service: the service's name.
        kinds: what it needs.
        fixed: further variables; the backing services' win.
    """

    def __init__(
        self,
        backing: LazyBacking,
        service: str,
        kinds: Collection[BackingKind],
        fixed: Mapping[str, str],
    ) -> None:
        self._backing = backing
        self._service = service
        self._kinds = kinds
        self._fixed = fixed
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
                self._known = {**self._fixed, **isolated}
            return self._known
