"""Who is asking: registration with a password, login, tokens and their end."""

from app.auth import endpoints, user_endpoints
from app.auth.access import ACCESS, describe_access
from app.auth.resources import RESOURCES
from shared.web import Feature

feature = Feature(
    name="auth",
    routers=(endpoints.router, user_endpoints.router),
    resources=(*RESOURCES, ACCESS),
    describe=describe_access,
)
