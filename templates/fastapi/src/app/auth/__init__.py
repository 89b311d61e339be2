"""Who is asking: registration with a password, login, tokens and their end."""

from app.auth import endpoints, user_endpoints
from app.auth.access import restricted, signed_in
from app.auth.resources import RESOURCES
from shared.web import Feature

__all__ = ["feature", "restricted", "signed_in"]

feature = Feature(
    name="auth", routers=(endpoints.router, user_endpoints.router), resources=RESOURCES
)
