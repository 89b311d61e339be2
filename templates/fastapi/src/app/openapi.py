"""Describes the API without an environment."""

import json

from app.application import build_application
from app.features import Settings


def openapi_document() -> str:
    """Return the text of `openapi.json`; no setting changes it, so none is read."""
    settings = Settings.model_construct(service_name="description")
    document = build_application(settings).openapi()
    return json.dumps(document, indent=2, sort_keys=True) + "\n"
