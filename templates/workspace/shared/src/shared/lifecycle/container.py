"""Holds the opened resources of one application."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import structlog

from shared.lifecycle.drains import Drains
from shared.lifecycle.resources import Resources, in_dependency_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

    from shared.lifecycle.resources import Resource

OK = "ok"


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
        self._drains = Drains(self._order)
        self._log = structlog.stdlib.get_logger(__name__)
        self.resources = Resources(self._overrides)
        self.draining = False

    def start_draining(self) -> None:
        """Have /ready say that no more requests should come, and drain what is open."""
        self.draining = True
        self._drains.start(self.resources)

    async def __aenter__(self) -> Resources:
        self.draining = False
        self.resources = Resources(self._overrides)
        async with AsyncExitStack() as stack:
            for resource in self._order:
                await self._open(resource, stack)
            self._stack = stack.pop_all()
        return self.resources

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            await self._drains.finish()
            await self._stack.__aexit__(kind, error, traceback)
        finally:
            self.resources = Resources(self._overrides)

    async def check(self, limit: float) -> dict[str, str]:
        """Ping all at once, each within `limit` seconds; returns `ok` or a reason by name."""
        pinged = [resource for resource in self._order if resource.ping is not None]
        pings = (self._ping(resource, limit) for resource in pinged)
        outcomes = await asyncio.gather(*pings, return_exceptions=True)
        return {
            resource.name: self._told(resource, outcome, limit)
            for resource, outcome in zip(pinged, outcomes, strict=True)
        }

    async def _open(self, resource: Resource[Any], stack: AsyncExitStack) -> None:
        try:
            opened = await stack.enter_async_context(resource.open(self.resources))
        except BaseException as error:
            error.add_note(f"while opening {resource.name}")
            raise
        self.resources.put(resource.provides, opened)
        self._log.debug("opened", resource=resource.name)

    async def _ping(self, resource: Resource[Any], limit: float) -> None:
        async with asyncio.timeout(limit):
            await resource.answer(self.resources)

    def _told(self, resource: Resource[Any], outcome: BaseException | None, limit: float) -> str:
        if outcome is None:
            return OK
        # The message may name hosts and users: it is for the log, not for whoever asks.
        self._log.warning("not ready", resource=resource.name, error=repr(outcome))
        late = isinstance(outcome, TimeoutError)
        return f"no answer within {limit:g} s" if late else type(outcome).__name__
