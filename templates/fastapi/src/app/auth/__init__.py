"""Who is asking: registration with a password, login, tokens and their end."""

from app.auth import endpoints, user_endpoints
from app.auth.access import restricted
from app.auth.resources import RESOURCES
from shared.web import Feature

__all__ = ["feature", "restricted"]

feature = Feature(
    name="auth", routers=(endpoints.router, user_endpoints.router), resources=RESOURCES
)
