"""Composes the service from its features; the same text in every variant."""

from collections.abc import Iterable

from app.features import FEATURES, Settings
from shared.web import Feature, Service, create_app


def build_application(settings: Settings, features: Iterable[Feature] = FEATURES) -> Service:
    """Return the application; nothing is opened before it is started."""
    return create_app(settings=settings, features=features, edge=True)
