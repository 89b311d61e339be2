"""Describes the API without a database or an environment."""

import json

from app.application import build_application
from app.features import Settings


def openapi_document() -> str:
    """Return the text of `openapi.json`; no setting changes it, so none is read."""
    settings = Settings.model_construct(service_name="description")
    return json.dumps(build_application(settings).openapi(), indent=2) + "\n"
