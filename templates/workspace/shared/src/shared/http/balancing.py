"""Spreads requests over the instances of a service and moves on from those that are down."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx2

from shared.http.directory import Directory
from shared.http.instances import Instance, Instances
from shared.http.resolving import Resolver, system_resolver
from shared.http.streams import WatchedStream
from shared.http.visits import Visit

if TYPE_CHECKING:
    from shared.http.target import Target
    from shared.http.target_metrics import TargetMetrics

# What the instances that an earlier attempt went to are called in a request's extensions.
TRIED = "tried_instances"
MAX_CONNECTS = 3
# Below the 5 seconds after which uvicorn closes an idle connection: a request sent just then is
# lost, and most cannot be sent twice.
KEEP_ALIVE_SECONDS = 4.0
_PORTS = {"http": 80, "https": 443}


class BalancedTransport(httpx2.AsyncBaseTransport):
    """Sends each request to the less busy of two instances.

    Where a connection cannot be made it takes another instance: nothing was sent, so this is
    safe for every method.
    """

    def __init__(
        self, target: Target, metrics: TargetMetrics, *, resolve: Resolver = system_resolver
    ) -> None:
        url = httpx2.URL(target.base_url)
        directory = Directory(resolve, url.host, url.port or _PORTS[url.scheme])
        self._instances = Instances(directory, eject_seconds=target.eject_seconds, metrics=metrics)
        limits = httpx2.Limits(
            max_connections=target.max_connections,
            max_keepalive_connections=target.max_connections,
            keepalive_expiry=KEEP_ALIVE_SECONDS,
        )
        self._inner = httpx2.AsyncHTTPTransport(limits=limits, verify=_verification(url))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; raises the TransportError of the last instance asked."""
        tried: set[Instance] = request.extensions.get(TRIED, set())
        try:
            *others, last = (await self._instances.line_up(tried))[:MAX_CONNECTS]
        except OSError as error:
            raise httpx2.ConnectError(f"no address: {error}", request=request) from error
        for instance in others:
            tried.add(instance)
            try:
                return await self._ask(instance, request)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        tried.add(last)
        return await self._ask(last, request)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()

    async def _ask(self, instance: Instance, request: httpx2.Request) -> httpx2.Response:
        host, port = instance.address
        readdressed = httpx2.Request(
            request.method,
            request.url.copy_with(host=host, port=port),
            # The Host header among them still has the name.
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": request.url.host},
        )
        visit = Visit(self._instances, instance)
        with visit.watched():
            response = await self._inner.handle_async_request(readdressed)
        response.stream = WatchedStream(response, visit)
        return response


def _verification(url: httpx2.URL) -> ssl.SSLContext | bool:
    # Reading the authorities takes longer than all the rest, and plain HTTP asks none of them.
    return url.scheme == "https" or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
