"""What a resource is, and the order in which a set of them is opened."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from shared.errors import CompositionError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from contextlib import AbstractAsyncContextManager

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Resource(Generic[T]):
    """Says how the one `T` of a process is opened, what it requires and how it is pinged.

    `drain` is called when the process is told to stop, some time before the `T` is closed.
    """

    provides: type[T]
    open: Callable[[Resources], AbstractAsyncContextManager[T]]
    requires: tuple[type, ...] = ()
    ping: Callable[[T], Awaitable[None]] | None = None
    drain: Callable[[T], Awaitable[None]] | None = None

    @property
    def name(self) -> str:
        """The name that /ready and the log show."""
        return self.provides.__name__

    async def answer(self, resources: Resources) -> None:
        """Ping the opened resource, if it can be pinged; raises whatever the ping raises."""
        if self.ping is not None:
            await self.ping(resources.get(self.provides))

    async def empty(self, resources: Resources) -> None:
        """Drain the opened resource, if it can be drained; raises whatever that raises."""
        if self.drain is not None:
            await self.drain(resources.get(self.provides))


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


def in_dependency_order(
    resources: Iterable[Resource[Any]], overrides: Mapping[type, object]
) -> tuple[Resource[Any], ...]:
    """Return what is to be opened, first things first; raises CompositionError.

    One resource named by several features counts once; what an override replaces is left out.
    """
    by_type = _without_twins(resources)
    wanted = {kind: resource for kind, resource in by_type.items() if kind not in overrides}
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
        message = f"resources require each other in a circle: {circle}"
        raise CompositionError(message) from None
    return tuple(wanted[kind] for kind in order if kind in wanted)


def _without_twins(resources: Iterable[Resource[Any]]) -> dict[type, Resource[Any]]:
    by_type: dict[type, Resource[Any]] = {}
    for resource in resources:
        if by_type.setdefault(resource.provides, resource) != resource:
            message = f"two resources provide {resource.name}"
            raise CompositionError(message)
    return by_type
