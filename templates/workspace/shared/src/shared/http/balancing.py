"""Spreads requests over the instances of a linked service and moves on from those that are down.

All of it is optional: a `Target` that is not `linked` is called without, and where a name has one
address only that one is asked, whatever happened before.
"""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias, cast

import httpx2

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator

    from prometheus_client import Gauge

    from shared.http.settings import Target

Address: TypeAlias = tuple[str, int]
Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[Address]]]

# What the instances that an earlier attempt went to are called in a request's extensions.
TRIED = "tried_instances"
MAX_CONNECTS = 3
# Below the 5 seconds after which uvicorn closes an idle connection: a request sent just then is
# lost, and most cannot be sent twice.
KEEP_ALIVE_SECONDS = 4.0
REFRESH_SECONDS = 5.0
FAILURES_TO_EJECT = 3
MAX_EJECT_SECONDS = 30.0

_PORTS = {"http": 80, "https": 443}
_FAILING = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)


async def system_resolver(host: str, port: int) -> Sequence[Address]:
    """Ask the system, which asks DNS; raises OSError when the name is not known."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(place[0]), int(place[1])) for *_, place in found]


class DnsResolver:
    """The addresses of one name, asked for again every REFRESH_SECONDS."""

    def __init__(self, resolve: Resolver, host: str, port: int) -> None:
        self._resolve, self._host, self._port = resolve, host, port
        self._known: tuple[Address, ...] = ()
        self._due = 0.0
        self._first = asyncio.Lock()

    async def addresses(self) -> tuple[Address, ...]:
        """Return the addresses; the last known ones while the resolver fails, or else OSError."""
        if not self._known:
            async with self._first:
                if not self._known:
                    await self._refresh()
        elif monotonic() >= self._due:
            # Set first: the others go on with what is known while one asks.
            self._due = monotonic() + REFRESH_SECONDS
            try:
                await self._refresh()
            except OSError:
                return self._known
        return self._known

    def expire(self) -> None:
        """Ask again next time: what is known led nowhere."""
        self._due = 0.0

    async def _refresh(self) -> None:
        found = await self._resolve(self._host, self._port)
        self._known = tuple(dict.fromkeys(found))
        self._due = monotonic() + REFRESH_SECONDS


@dataclass(eq=False)
class Instance:
    """One address and what is known of it."""

    address: Address
    in_flight: int = 0
    failures: int = 0
    ejections: int = 0
    ejected_until: float = 0.0

    def __str__(self) -> str:
        return "{}:{}".format(*self.address)

    def rank(self, now: float, tried: Collection[Instance]) -> tuple[bool, bool]:
        """Return what to sort by: who works before who is ejected, new ones before tried ones."""
        return self.ejected_until > now, self in tried


class Instances:
    """All instances behind one name: how each is doing, and whom to ask next."""

    def __init__(self, dns: DnsResolver, target: Target, ejected: Gauge) -> None:
        self._dns, self._target, self._ejected = dns, target, ejected
        self._all: dict[Address, Instance] = {}

    async def line_up(self, tried: Collection[Instance]) -> list[Instance]:
        """Return whom to ask, best first; raises OSError when the name is not known.

        First is the less busy of two that work and were not tried yet. Ejected ones are last, but
        there: where nobody else is left, any of them is better than none.
        """
        current = await self._current()
        if len(current) == 1:
            return current
        now = monotonic()
        ranked = random.sample(current, len(current))
        ranked.sort(key=lambda each: each.rank(now, tried))
        best = [each for each in ranked if each.rank(now, tried) == ranked[0].rank(now, tried)]
        first = min(best[:2], key=lambda each: each.in_flight)
        if first.ejections:
            # Its time is over, so this request finds out how it is; the others keep away.
            first.ejected_until = now + self._target.eject_seconds
        return [first, *(each for each in ranked if each is not first)]

    def record_success(self, instance: Instance) -> None:
        """Take note of an answer."""
        instance.failures = 0
        if instance.ejections:
            instance.ejections, instance.ejected_until = 0, 0.0
            self._show(instance, ejected=False)

    def record_failure(self, instance: Instance, *, unreachable: bool) -> None:
        """Take note of a failure: eject who cannot be reached, or failed often in a row."""
        instance.failures += 1
        if unreachable:
            self._dns.expire()
        if unreachable or instance.failures >= FAILURES_TO_EJECT:
            longer = min(self._target.eject_seconds * 2**instance.ejections, MAX_EJECT_SECONDS)
            instance.ejections += 1
            instance.ejected_until = monotonic() + longer
            self._show(instance, ejected=True)

    def _show(self, instance: Instance, *, ejected: bool) -> None:
        self._ejected.labels(self._target.name, str(instance)).set(ejected)

    async def _current(self) -> list[Instance]:
        addresses = await self._dns.addresses()
        if tuple(self._all) != addresses:
            for gone in self._all.keys() - set(addresses):
                if self._all[gone].ejections:
                    self._ejected.remove(self._target.name, str(self._all[gone]))
            self._all = {each: self._all.get(each) or Instance(each) for each in addresses}
        return list(self._all.values())


class InFlight:
    """One request to one instance, from its sending to the last byte of the answer."""

    def __init__(self, instances: Instances, instance: Instance) -> None:
        self._instances, self._instance = instances, instance
        self._open = True
        instance.in_flight += 1

    @contextmanager
    def watched(self) -> Iterator[None]:
        """End the request when the block raises, and tell the instances why."""
        try:
            yield
        except httpx2.PoolTimeout:
            # All our connections are busy, which says nothing about the instance.
            self.end()
            raise
        except httpx2.TransportError as error:
            unreachable = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            self._instances.record_failure(self._instance, unreachable=unreachable)
            self.end()
            raise
        except BaseException:
            self.end()
            raise

    def record_answer(self, status: int) -> None:
        """Take note of an answer that came to its end."""
        if status in _FAILING:
            self._instances.record_failure(self._instance, unreachable=False)
        else:
            self._instances.record_success(self._instance)

    def end(self) -> None:
        """Count the request as over, once."""
        if self._open:
            self._open = False
            self._instance.in_flight -= 1


class _WatchedStream(httpx2.AsyncByteStream):
    """Passes the body on; the request is in flight until it is closed."""

    def __init__(self, response: httpx2.Response, in_flight: InFlight) -> None:
        self._inner = cast("httpx2.AsyncByteStream", response.stream)
        self._status, self._in_flight = response.status_code, in_flight

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with self._in_flight.watched():
            async for part in self._inner:
                yield part
        self._in_flight.record_answer(self._status)

    async def aclose(self) -> None:
        """Close the connection, or give it back."""
        try:
            await self._inner.aclose()
        finally:
            self._in_flight.end()


class BalancedTransport(httpx2.AsyncBaseTransport):
    """Sends each request to the less busy of two instances.

    Where a connection cannot be made it takes another instance: nothing was sent, so this is
    safe for every method.
    """

    def __init__(
        self, target: Target, ejected: Gauge, *, resolve: Resolver = system_resolver
    ) -> None:
        url = httpx2.URL(target.base_url)
        dns = DnsResolver(resolve, url.host, url.port or _PORTS[url.scheme])
        self._instances = Instances(dns, target, ejected)
        self._inner = direct_transport(target)

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
        in_flight = InFlight(self._instances, instance)
        with in_flight.watched():
            response = await self._inner.handle_async_request(readdressed)
        response.stream = _WatchedStream(response, in_flight)
        return response


def direct_transport(target: Target) -> httpx2.AsyncHTTPTransport:
    """Return the connections of a target, without any choice between instances."""
    limits = httpx2.Limits(
        max_connections=target.max_connections,
        max_keepalive_connections=target.max_connections,
        keepalive_expiry=KEEP_ALIVE_SECONDS,
    )
    # Reading the authorities takes longer than all the rest, and plain HTTP asks none of them.
    secure = httpx2.URL(target.base_url).scheme == "https"
    verify = secure or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx2.AsyncHTTPTransport(
        limits=limits, proxy=target.proxy, verify=verify, trust_env=False
    )
