"""Makes an application of features and settings: FastAPI with our middlewares around it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry

from shared.asgi import App, HeadMiddleware
from shared.budget import BudgetMiddleware, DropInternalHeaders
from shared.correlation import RequestIdMiddleware
from shared.health import health_router
from shared.lifecycle import Lifecycle, Resource, Resources
from shared.log import AccessLogMiddleware
from shared.metrics import MetricsMiddleware, RequestMetrics, metrics_router, new_registry
from shared.problem import (
    PROBLEM_RESPONSES,
    ProblemMiddleware,
    document_problems,
    install_problem_handlers,
)
from shared.settings import ServiceSettings
from shared.web.tracing import TraceContextMiddleware, is_probe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from starlette.types import ASGIApp

    from shared.messaging.contract import EventData, Task

# Takes an application and the settings in `Resources`: nothing else is open when it is called.
Middleware: TypeAlias = "Callable[[App, Resources], App]"


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One capability of a service: its routes and the resources that they need.

    Its middlewares are put around all of the application's answers, problems too; the first is
    the outermost. `describe` adds to the application's OpenAPI document. The events that it
    publishes and the tasks that it sends are described in `asyncapi.json`.
    """

    name: str
    routers: tuple[APIRouter, ...] = ()
    resources: tuple[Resource[Any], ...] = ()
    middlewares: tuple[Middleware, ...] = ()
    describe: Callable[[dict[str, Any]], None] | None = None
    publishes: tuple[type[EventData], ...] = ()
    sends: tuple[Task[Any], ...] = ()


class Service(FastAPI):
    """A FastAPI application with resources, problems, request ids, an access log and metrics."""

    def __init__(
        self, settings: ServiceSettings, lifecycle: Lifecycle, registry: CollectorRegistry
    ) -> None:
        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            async with lifecycle:
                yield

        super().__init__(
            title=settings.service_name,
            version=settings.service_version,
            lifespan=lifespan,
            redirect_slashes=False,
            openapi_url="/openapi.json" if settings.shows_docs else None,
            redoc_url=None,
            responses=PROBLEM_RESPONSES,
            telemetry={"operation_spans": False, "exclude": is_probe, "auto_configure": True},
        )
        self.lifecycle = lifecycle
        self.registry = registry
        self.edge = False
        self.middlewares: tuple[Middleware, ...] = ()
        self.describers: tuple[Callable[[dict[str, Any]], None], ...] = ()
        self._metrics, self._max_body_bytes = RequestMetrics(registry), settings.max_body_bytes
        install_problem_handlers(self)

    def build_middleware_stack(self) -> ASGIApp:
        """Put our middlewares around FastAPI's own: some of those answer outside of added ones."""
        app: App = ProblemMiddleware(super().build_middleware_stack(), self._max_body_bytes)
        for middleware in reversed(self.middlewares):
            app = middleware(app, self.lifecycle.resources)
        app = AccessLogMiddleware(MetricsMiddleware(HeadMiddleware(app), self._metrics))
        app = TraceContextMiddleware(app)
        return RequestIdMiddleware(DropInternalHeaders(app) if self.edge else BudgetMiddleware(app))

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document, with problems and what the features add."""
        document = document_problems(super().openapi())
        for describe in self.describers:
            describe(document)
        return document


def create_app(
    *,
    settings: ServiceSettings,
    features: Iterable[Feature],
    edge: bool = False,
    overrides: Mapping[type, object] | None = None,
) -> Service:
    """Compose an application; raises CompositionError when its resources do not fit together.

    Every resource may require the settings, by their class or one that it is made of, and a
    `CollectorRegistry`. An `edge` service is called by strangers: what services tell each other in
    headers is dropped there. `overrides` replaces resources by type, for tests.
    """
    chosen, registry = tuple(features), new_registry()
    kinds = (kind for kind in type(settings).__mro__ if issubclass(kind, ServiceSettings))
    given: dict[type, object] = {CollectorRegistry: registry, **dict.fromkeys(kinds, settings)}
    resources = (part for feature in chosen for part in feature.resources)
    app = Service(settings, Lifecycle(resources, given | dict(overrides or {})), registry)
    app.edge = edge
    app.middlewares = tuple(each for feature in chosen for each in feature.middlewares)
    app.describers = tuple(feature.describe for feature in chosen if feature.describe)
    for router in (router for feature in chosen for router in feature.routers):
        app.include_router(router)
    # Last: every request is compared with each route before its own.
    app.include_router(health_router(app.lifecycle))
    if settings.port and settings.metrics_at_port == settings.port:
        app.include_router(metrics_router(registry))
    return app
