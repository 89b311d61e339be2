"""A typed client of one service, and of the data service that this one is linked to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypeVar, Unpack

from prometheus_client import CollectorRegistry
from pydantic import TypeAdapter

from shared.budget import Budget, budget_scope, current_budget
from shared.http.errors import NotUnderstoodError
from shared.http.request import Call
from shared.http.retry import Attempts
from shared.http.sender import ClientMetrics, HttpSender
from shared.http.settings import Target
from shared.lifecycle import Resource, Resources

if TYPE_CHECKING:
    import httpx2

    from shared.http.request import CallOptions
    from shared.http.settings import DataServiceSettings

API_KEY_HEADER = "X-API-Key"

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
        self._sender = HttpSender(target, metrics or ClientMetrics(CollectorRegistry()), transport)
        self._adapters: dict[object, TypeAdapter[Any]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._sender.close()

    async def request(
        self, method: str, path: str, *, into: Into[T], **options: Unpack[CallOptions]
    ) -> T:
        """Make a call, retried where that is safe, and return the body of its answer."""
        call = Call.of(method, path, options)
        answer = await Attempts(self._sender, self.target, call, current_budget()).run()
        try:
            return answer.into(self._adapter(into))
        except NotUnderstoodError as reason:
            failure = self._sender.not_understood(call, reason)
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


CLIENT_METRICS = Resource(
    provides=ClientMetrics,
    factory=lambda resources: ClientMetrics(resources.get(CollectorRegistry)),
    requires=(CollectorRegistry,),
)


class DataServiceClient(ApiClient):
    """Calls the linked data service with the link's own key."""

    async def ping(self) -> None:
        """Raise UnavailableError unless the data service's process lives."""
        # Whoever asks asks again; retries would only make it wait.
        with budget_scope(Budget(retries=0)):
            await self.get("/health", into=object)


def data_service_resource(settings: type[DataServiceSettings]) -> Resource[DataServiceClient]:
    """Return the client as a resource, for a service whose settings are of this class."""

    def build(resources: Resources) -> DataServiceClient:
        given = resources.get(settings)
        target = Target(
            name="data-service",
            base_url=given.data_service_url,
            linked=True,
            headers={API_KEY_HEADER: given.data_service_api_key.get_secret_value()},
        )
        return DataServiceClient(target, metrics=resources.get(ClientMetrics))

    return Resource(
        provides=DataServiceClient,
        open=build,
        requires=(settings, ClientMetrics),
        ping=DataServiceClient.ping,
    )
