"""Composes the service from its features; the same text in every variant."""

from collections.abc import Iterable
from pathlib import Path

from app.features import FEATURES, Settings
from shared.messaging.contract import asyncapi_text
from shared.web import Feature, Service, create_app

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def build_application(settings: Settings, features: Iterable[Feature] = FEATURES) -> Service:
    """Return the application; nothing is opened before it is started."""
    return create_app(settings=settings, features=features, edge=True)


def asyncapi_document() -> str:
    """Return the text of `asyncapi.json`; empty in a variant without messages."""
    return asyncapi_text(
        PROJECT,
        publishes=(event for feature in FEATURES for event in feature.publishes),
        sends=(task for feature in FEATURES for task in feature.sends),
    )
