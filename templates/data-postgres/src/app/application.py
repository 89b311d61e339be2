"""Composes the service from its features; the same text in every variant."""

import json
from collections.abc import Iterable
from pathlib import Path

from app.features import FEATURES, NAME, VERSION, Settings
from shared.messaging.contract import asyncapi_text
from shared.web import Feature, Service, create_app

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def build_application(settings: Settings, features: Iterable[Feature] = FEATURES) -> Service:
    """Return the application; nothing is opened before it is started."""
    return create_app(settings=settings, features=features)


def openapi_document() -> str:
    """Return the text of `openapi.json`; no setting changes it, so none is read."""
    settings = Settings.model_construct(service_name=NAME, service_version=VERSION)
    return json.dumps(build_application(settings).openapi(), indent=2) + "\n"


def asyncapi_document() -> str:
    """Return the text of `asyncapi.json`; empty in a variant without messages."""
    return asyncapi_text(
        PROJECT,
        publishes=(event for feature in FEATURES for event in feature.publishes),
        sends=(task for feature in FEATURES for task in feature.sends),
    )
