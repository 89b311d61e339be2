"""Composes the features of a service into one FastAPI application."""

from shared.web.application import Service, create_app
from shared.web.feature import Feature, resource

__all__ = ["Feature", "Service", "create_app", "resource"]
