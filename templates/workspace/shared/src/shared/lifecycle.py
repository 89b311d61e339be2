"""Opens the resources of a service in dependency order, pings them and closes them in reverse."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import anyio
import structlog

from shared.errors import CompositionError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

T = TypeVar("T")

OK = "ok"

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Resource(Generic[T]):
    """Says how the one `T` of a process is made, what it requires and how it is pinged.

    `open` is for what must be closed again, `factory` for what need not; each resource has one of
    them. `drain` is called when the process is told to stop, some time before the `T` is closed.
    """

    provides: type[T]
    factory: Callable[[Resources], T] | None = None
    open: Callable[[Resources], AbstractAsyncContextManager[T]] | None = None
    requires: tuple[type, ...] = ()
    ping: Callable[[T], Awaitable[None]] | None = None
    drain: Callable[[T], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        """Raise CompositionError unless there is exactly one way to make it."""
        if (self.open is None) == (self.factory is None):
            raise CompositionError(f"{self.name} needs either `open` or `factory`")

    @property
    def name(self) -> str:
        """The name that /ready and the log show."""
        return self.provides.__name__

    @asynccontextmanager
    async def opened(self, resources: Resources) -> AsyncIterator[T]:
        """Make the `T`, and close it behind the block if it must be closed."""
        if self.open is None:
            yield cast("Callable[[Resources], T]", self.factory)(resources)
            return
        async with self.open(resources) as opened:
            yield opened


class Resources:
    """The opened resources, found by type."""

    def __init__(self, given: Mapping[type, object]) -> None:
        self._opened: dict[type, object] = dict(given)

    def get(self, wanted: type[T]) -> T:
        """Return the opened resource of that type; raises LookupError when there is none."""
        if wanted not in self._opened:
            message = f"{wanted.__name__} is not opened: no feature of this service names it"
            raise LookupError(message)
        return cast("T", self._opened[wanted])

    def has(self, wanted: type) -> bool:
        """Say whether a resource of that type is open."""
        return wanted in self._opened

    def put(self, provides: type[T], opened: T) -> None:
        """Add what was just opened."""
        self._opened[provides] = opened


class Lifecycle:
    """Holds the resources of one application; use it as an async context manager.

    An override stands in for the resource of its type, or adds a type that no resource provides.
    Raises CompositionError when two resources provide one type, when nobody provides a
    requirement, or when the requirements form a circle.
    """

    def __init__(
        self,
        resources: Iterable[Resource[Any]],
        overrides: Mapping[type, object] | None = None,
    ) -> None:
        self._overrides = dict(overrides or {})
        self._order = in_dependency_order(resources, self._overrides)
        self._stack = AsyncExitStack()
        self._drains: list[asyncio.Future[None]] = []
        self.resources = Resources(self._overrides)
        self.draining = False

    async def __aenter__(self) -> Resources:
        self.draining = False
        self.resources = Resources(self._overrides)
        async with AsyncExitStack() as stack:
            for resource in self._order:
                await self._open(resource, stack)
            self._stack = stack.pop_all()
        return self.resources

    async def _open(self, resource: Resource[Any], stack: AsyncExitStack) -> None:
        try:
            opened = await stack.enter_async_context(resource.opened(self.resources))
        except BaseException as error:
            error.add_note(f"while opening {resource.name}")
            raise
        self.resources.put(resource.provides, opened)
        _log.debug("opened", resource=resource.name)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            await self._finish_draining()
        finally:
            try:
                await self._stack.__aexit__(kind, error, traceback)
            finally:
                self.resources = Resources(self._overrides)

    def start_draining(self) -> None:
        """Have /ready say that no more requests should come, and drain what is open, once.

        There must be a running loop if anything that is open can be drained.
        """
        self.draining = True
        if self._drains:
            return
        for resource in self._order:
            if resource.drain is not None and self.resources.has(resource.provides):
                draining = resource.drain(self.resources.get(resource.provides))
                self._drains.append(asyncio.ensure_future(draining))

    async def _finish_draining(self) -> None:
        drains, self._drains = self._drains, []
        # One that cannot be drained is closed like the others: that must not keep the process.
        for outcome in await asyncio.gather(*drains, return_exceptions=True):
            if outcome is not None:
                _log.error("could not be drained", exc_info=outcome)

    async def check(self, limit: float) -> dict[str, str]:
        """Ping all at once, each within `limit` seconds; returns `ok` or a reason by name."""
        pings = {each: each.ping for each in self._order if each.ping is not None}
        answers = await asyncio.gather(*(self._ping(*each, limit) for each in pings.items()))
        return {each.name: answer for each, answer in zip(pings, answers, strict=True)}

    async def _ping(
        self, resource: Resource[Any], ping: Callable[[Any], Awaitable[None]], limit: float
    ) -> str:
        try:
            with anyio.fail_after(limit):
                await ping(self.resources.get(resource.provides))
        except Exception as error:  # noqa: BLE001 - whatever a ping raises means "not ready"
            # The message may name hosts and users: it is for the log, not for whoever asks.
            _log.warning("not ready", resource=resource.name, error=repr(error))
            late = isinstance(error, TimeoutError)
            return f"no answer within {limit:g} s" if late else type(error).__name__
        return OK


def in_dependency_order(
    resources: Iterable[Resource[Any]], overrides: Mapping[type, object]
) -> tuple[Resource[Any], ...]:
    """Return what is to be opened, first things first; raises CompositionError.

    One resource named by several features counts once; what an override replaces is left out.
    """
    by_type = _unique_by_type(resources)
    for resource in by_type.values():
        for required in resource.requires:
            if required not in by_type and required not in overrides:
                message = f"{resource.name} requires {required.__name__}, which nothing provides"
                raise CompositionError(message)
    graph = {kind: resource.requires for kind, resource in by_type.items()}
    try:
        order = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(kind.__name__ for kind in reversed(error.args[1]))
        raise CompositionError(f"resources require each other in a circle: {circle}") from None
    return tuple(by_type[kind] for kind in order if kind in by_type and kind not in overrides)


def _unique_by_type(resources: Iterable[Resource[Any]]) -> dict[type, Resource[Any]]:
    by_type: dict[type, Resource[Any]] = {}
    for resource in resources:
        if by_type.setdefault(resource.provides, resource) != resource:
            raise CompositionError(f"two resources provide {resource.name}")
    return by_type
