"""Composes the features of a service into one FastAPI application."""

from shared.web.application import Feature, Middleware, Service, create_app
from shared.web.routes import get_resource, location_responses, resource, set_location

__all__ = [
    "Feature",
    "Middleware",
    "Service",
    "create_app",
    "get_resource",
    "location_responses",
    "resource",
    "set_location",
]
