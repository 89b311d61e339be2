"""Makes an application of features and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from shared.health import health_router
from shared.lifecycle import Lifecycle
from shared.metrics import metrics_router, new_registry
from shared.settings import ServiceSettings
from shared.web.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shared.web.feature import Feature


def create_app(
    *,
    settings: ServiceSettings,
    features: Iterable[Feature],
    title: str,
    version: str,
    overrides: Mapping[type, object] | None = None,
) -> Service:
    """Compose an application; raises CompositionError when its resources do not fit together.

    Every resource may require the settings, by their class or one that it is made of, and a
    `CollectorRegistry`. `overrides` replaces resources by type, for tests.
    """
    chosen, registry = tuple(features), new_registry()
    kinds = (kind for kind in type(settings).__mro__ if issubclass(kind, ServiceSettings))
    given: dict[type, object] = {CollectorRegistry: registry, **dict.fromkeys(kinds, settings)}
    resources = (part for feature in chosen for part in feature.resources)
    lifecycle = Lifecycle(resources, given | dict(overrides or {}))
    limit = settings.max_body_bytes
    app = Service(lifecycle, registry, max_body_bytes=limit, title=title, version=version)
    app.layers = tuple(layer for feature in chosen for layer in feature.layers)
    app.describers = tuple(feature.describe for feature in chosen if feature.describe)
    ours = (health_router(lifecycle), metrics_router(registry))
    for router in (*ours, *(router for feature in chosen for router in feature.routers)):
        app.include_router(router)
    return app
