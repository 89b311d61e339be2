"""Clients whose waits suit a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, Unpack

from shared.http import ApiClient, Target
from shared.http.balancing import BalancedTransport
from shared.http.sender import ClientMetrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from prometheus_client import CollectorRegistry

    from shared.http import Retries, Timeouts
    from shared.http.balancing import Address


class TargetOptions(TypedDict, total=False):
    headers: Mapping[str, str]
    timeouts: Timeouts
    retries: Retries
    eject_seconds: float
    max_connections: int
    max_response_bytes: int
    proxy: str | None


def client_of(url: str, **target: Unpack[TargetOptions]) -> ApiClient:
    """Return a client of a linked service."""
    return ApiClient(Target(name="users-data", base_url=url, linked=True, **target))


def stranger_of(url: str, **target: Unpack[TargetOptions]) -> ApiClient:
    """Return a client of a service that is not ours."""
    return ApiClient(Target(name="mailer", base_url=url, **target))


def balanced(
    addresses: Iterable[Address],
    registry: CollectorRegistry,
    *,
    later: Iterable[Address] = (),
    **target: Unpack[TargetOptions],
) -> ApiClient:
    """Return a client of a name that stands for all these addresses, and for others later."""
    lookups: list[Sequence[Address]] = [list(addresses)]
    lookups += [list(later)] if later else []

    async def resolve(_host: str, _port: int) -> Sequence[Address]:
        return lookups.pop(0) if len(lookups) > 1 else lookups[0]

    aim = Target(name="users-data", base_url="http://users-data:8000", linked=True, **target)
    metrics = ClientMetrics(registry)
    transport = BalancedTransport(aim, metrics.ejected, resolve=resolve)
    return ApiClient(aim, metrics=metrics, transport=transport)
