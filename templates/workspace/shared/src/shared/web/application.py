"""The application class and the one function that makes it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from shared.correlation import RequestIdMiddleware
from shared.health import health_router
from shared.lifecycle import Lifecycle
from shared.log import AccessLogMiddleware
from shared.metrics import MetricsMiddleware, metrics_router, new_registry
from shared.problem import (
    PROBLEM_RESPONSES,
    ProblemEdge,
    document_problems,
    install_problem_handlers,
)
from shared.settings import ServiceSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from starlette.types import ASGIApp

    from shared.web.feature import Feature


class Service(FastAPI):
    """A FastAPI application with resources, problems, request ids, an access log and metrics."""

    def __init__(
        self,
        lifecycle: Lifecycle,
        registry: CollectorRegistry,
        *,
        max_body_bytes: int,
        title: str,
        version: str,
    ) -> None:
        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            async with lifecycle:
                yield

        super().__init__(
            title=title,
            version=version,
            lifespan=lifespan,
            max_body_size=max_body_bytes,
            redirect_slashes=False,
            redoc_url=None,
            responses=PROBLEM_RESPONSES,
            telemetry={"operation_spans": False},
        )
        self.lifecycle = lifecycle
        self.registry = registry
        install_problem_handlers(self)

    def build_middleware_stack(self) -> ASGIApp:
        """Put our layers around FastAPI's own: some of those answer outside of added ones."""
        edge = ProblemEdge(super().build_middleware_stack())
        return RequestIdMiddleware(AccessLogMiddleware(MetricsMiddleware(edge, self.registry)))

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document, problems included."""
        return document_problems(super().openapi())


def create_app(
    *,
    settings: ServiceSettings,
    features: Iterable[Feature],
    title: str,
    version: str,
    overrides: Mapping[type, object] | None = None,
) -> Service:
    """Compose an application; raises CompositionError when its resources do not fit together.

    Every resource may require the settings, by their class, and a `CollectorRegistry`.
    `overrides` replaces resources by type, for tests.
    """
    chosen, registry = tuple(features), new_registry()
    given: dict[type, object] = {
        CollectorRegistry: registry,
        ServiceSettings: settings,
        type(settings): settings,
    }
    resources = (part for feature in chosen for part in feature.resources)
    lifecycle = Lifecycle(resources, given | dict(overrides or {}))
    limit = settings.max_body_bytes
    app = Service(lifecycle, registry, max_body_bytes=limit, title=title, version=version)
    ours = (health_router(lifecycle), metrics_router(registry))
    for router in (*ours, *(router for feature in chosen for router in feature.routers)):
        app.include_router(router)
    return app
