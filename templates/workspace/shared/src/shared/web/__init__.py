"""Composes the features of a service into one FastAPI application."""

from shared.web.application import create_app
from shared.web.feature import Feature, Layer, resource
from shared.web.service import Service

__all__ = ["Feature", "Layer", "Service", "create_app", "resource"]
