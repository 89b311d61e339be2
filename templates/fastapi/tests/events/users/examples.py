"""Registrations, and a service in which everybody may change users."""

from app.application import build_application
from app.features import FEATURES, Settings
from app.user_gateway import USERS
from shared.web import Service
from tests.support.access import FakeAccess, opened_to

__all__ = ["ADA", "USERS", "open_to_all"]

NAMES = {feature.name for feature in FEATURES}
PASSWORD = {"password": "correct horse battery"} if "auth" in NAMES else {}
ADA = {"name": "Ada", "email": "ada@example.org", **PASSWORD}


def open_to_all(settings: Settings) -> Service:
    """Return the service in which every caller is an administrator."""
    return build_application(settings, features=opened_to(FakeAccess(), FEATURES))
