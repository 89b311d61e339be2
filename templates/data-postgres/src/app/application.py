"""Composes the service from its features; the same text in every variant."""

from collections.abc import Mapping

from shared.web import Service, create_app

from app.features import FEATURES
from app.settings import Settings

TITLE = "Data API"
VERSION = "1.0.0"


def build_application(
    settings: Settings, *, overrides: Mapping[type, object] | None = None
) -> Service:
    """Return the application, with nothing opened yet; tests override resources by type."""
    return create_app(
        settings=settings,
        features=FEATURES,
        title=TITLE,
        version=VERSION,
        overrides=overrides,
    )
