"""Composes the features of a service into one FastAPI application."""

from shared.web.application import Feature, Middleware, Service, create_app
from shared.web.routes import SetLocation, instance, resource

__all__ = [
    "Feature",
    "Middleware",
    "Service",
    "SetLocation",
    "create_app",
    "instance",
    "resource",
]
