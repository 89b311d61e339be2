"""A typed client of one service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypeVar, Unpack

from prometheus_client import CollectorRegistry
from pydantic import TypeAdapter

from shared.budget import current_budget
from shared.http.answers import NotUnderstoodError
from shared.http.attempts import Attempts
from shared.http.calls import Call
from shared.http.exchange import Exchange
from shared.http.metrics import ClientMetrics
from shared.http.target_metrics import TargetMetrics

if TYPE_CHECKING:
    from types import TracebackType

    import httpx2

    from shared.http.options import CallOptions
    from shared.http.target import Target

T = TypeVar("T")
Into: TypeAlias = type[T] | TypeAdapter[T]


class ApiClient:
    """Calls one service; opened and closed with the process, as an async context manager.

    `into` is the type of the answer's body, or a TypeAdapter of it; an empty one is None. Every
    method raises the typed error that the service answered with (NotFoundError, ConflictError,
    InvalidError, ...), UnavailableError when it is down, slow or says so, and BadGatewayError
    when its answer makes no sense. `transport` stands in for the network, in tests.
    """

    def __init__(
        self,
        target: Target,
        *,
        metrics: ClientMetrics | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.target = target
        counted = TargetMetrics(metrics or ClientMetrics(CollectorRegistry()), target.name)
        self._exchange = Exchange(target, counted, transport)
        self._adapters: dict[object, TypeAdapter[Any]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._exchange.close()

    async def request(
        self, method: str, path: str, *, into: Into[T], **options: Unpack[CallOptions]
    ) -> T:
        """Make a call, retried where that is safe, and return the body of its answer."""
        call = Call.of(method, path, options)
        answer = await Attempts(self._exchange, self.target, call, current_budget()).run()
        try:
            return answer.into(self._adapter(into))
        except NotUnderstoodError as reason:
            failure = self._exchange.not_understood(call, reason)
        raise failure

    def _adapter(self, into: Into[T]) -> TypeAdapter[T]:
        if isinstance(into, TypeAdapter):
            return into
        if into not in self._adapters:
            self._adapters[into] = TypeAdapter(into)
        return self._adapters[into]

    async def get(self, path: str, *, into: Into[T], **options: Unpack[CallOptions]) -> T:
        """Read something."""
        return await self.request("GET", path, into=into, **options)

    async def post(self, path: str, *, into: Into[T], **options: Unpack[CallOptions]) -> T:
        """Make something; sent once, unless there is an idempotency key."""
        return await self.request("POST", path, into=into, **options)

    async def put(self, path: str, *, into: Into[T], **options: Unpack[CallOptions]) -> T:
        """Replace something."""
        return await self.request("PUT", path, into=into, **options)

    async def patch(self, path: str, *, into: Into[T], **options: Unpack[CallOptions]) -> T:
        """Change something; sent once, unless there is an idempotency key."""
        return await self.request("PATCH", path, into=into, **options)

    async def delete(self, path: str, **options: Unpack[CallOptions]) -> None:
        """Remove something."""
        await self.request("DELETE", path, into=object, **options)
