"""Resources that write down what happens to them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.lifecycle import Resource, Resources

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Engine:
    """Needs a cache."""


class Session:
    """Needs an engine."""


class Cache:
    """Needs nothing."""


class Diary(list[str]):
    """What was opened and closed, in order."""

    def resource(self, kind: type[object], *requires: type, fails: str = "") -> Resource[object]:
        @asynccontextmanager
        async def opened(resources: Resources) -> AsyncIterator[object]:
            for required in requires:
                resources.get(required)
            if fails == "opening":
                raise ConnectionError(kind.__name__)
            self.append(f"open {kind.__name__}")
            try:
                yield kind()
            finally:
                self.append(f"close {kind.__name__}")
            if fails == "closing":
                raise ConnectionError(kind.__name__)

        return Resource(provides=kind, open=opened, requires=requires)
