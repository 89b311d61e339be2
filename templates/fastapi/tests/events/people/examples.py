"""Registrations, and a service in which everybody may change users."""

from importlib import import_module

from app.application import build_application
from app.features import FEATURES, Settings
from app.people import USERS
from shared.web import Service

__all__ = ["ADA", "USERS", "open_to_all"]

NAMES = {feature.name for feature in FEATURES}
PASSWORD = {"password": "correct horse battery"} if "auth" in NAMES else {}
ADA = {"name": "Ada", "email": "ada@example.org", **PASSWORD}


def open_to_all(settings: Settings) -> Service:
    """Return the service with its users, if it has them, restricted to nobody."""
    opened = FEATURES
    if "users" in NAMES:
        plain = import_module("app.users").feature
        opened = tuple(plain if each.name == "users" else each for each in FEATURES)
    return build_application(settings, features=opened)
