"""Describes the API without an environment."""

import json
import tomllib
from pathlib import Path

from app.application import build_application
from app.features import Settings

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def openapi_document() -> str:
    """Return the text of `openapi.json`; no setting changes it, so none is read."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    settings = Settings.model_construct(
        service_name=project["name"], service_version=project["version"]
    )
    document = build_application(settings).openapi()
    return json.dumps(document, indent=2, sort_keys=True) + "\n"
