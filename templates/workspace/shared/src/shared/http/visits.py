"""Watches one request to one instance, from its sending to the last byte of the answer."""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.http.instances import Instance, Instances

_AILING = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)


class Visit:
    """One request in flight; tells the instances how it went."""

    def __init__(self, instances: Instances, instance: Instance) -> None:
        self._instances, self._instance = instances, instance
        self._open = True
        instance.in_flight += 1

    @contextmanager
    def watched(self) -> Iterator[None]:
        """End the visit when the block raises."""
        try:
            yield
        except httpx2.PoolTimeout:
            # All our connections are busy, which says nothing about the instance.
            self.end()
            raise
        except httpx2.TransportError as error:
            refused = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            self._instances.failed(self._instance, unreachable=refused)
            self.end()
            raise
        except BaseException:
            self.end()
            raise

    def answered(self, status: int) -> None:
        """Take note of an answer that came to its end."""
        if status in _AILING:
            self._instances.failed(self._instance, unreachable=False)
        else:
            self._instances.worked(self._instance)

    def end(self) -> None:
        """Count the request as over, once."""
        if self._open:
            self._open = False
            self._instance.in_flight -= 1
