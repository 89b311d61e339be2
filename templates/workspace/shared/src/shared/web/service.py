"""The application class: FastAPI with our layers around it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from shared.budget import BudgetMiddleware
from shared.correlation import RequestIdMiddleware
from shared.log import AccessLogMiddleware
from shared.metrics import MetricsMiddleware, RequestMetrics
from shared.problem import (
    PROBLEM_RESPONSES,
    ProblemEdge,
    document_problems,
    install_problem_handlers,
)
from shared.web.tracing import TraceIdMiddleware, is_probe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from prometheus_client import CollectorRegistry
    from starlette.types import ASGIApp

    from shared.asgi import App
    from shared.lifecycle import Lifecycle
    from shared.web.feature import Layer


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
            telemetry={"operation_spans": False, "exclude": is_probe},
        )
        self.lifecycle = lifecycle
        self.registry = registry
        self.layers: tuple[Layer, ...] = ()
        self.describers: tuple[Callable[[dict[str, Any]], None], ...] = ()
        self._metrics = RequestMetrics(registry)
        install_problem_handlers(self)

    def build_middleware_stack(self) -> ASGIApp:
        """Put our layers around FastAPI's own: some of those answer outside of added ones."""
        app: App = ProblemEdge(super().build_middleware_stack())
        for layer in reversed(self.layers):
            app = layer(app, self.lifecycle.resources)
        logged = AccessLogMiddleware(MetricsMiddleware(app, self._metrics))
        return RequestIdMiddleware(BudgetMiddleware(TraceIdMiddleware(logged)))

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document, with problems and what the features add."""
        document = document_problems(super().openapi())
        for describe in self.describers:
            describe(document)
        return document
