"""Users: who they are and how they are found."""

from app.access import CONSUMERS
from app.database import DATABASE
from app.users import bulk_endpoints, credentials_endpoints, endpoints, lookup_endpoints
from shared.web import Feature

feature = Feature(
    name="users",
    routers=(
        endpoints.router,
        bulk_endpoints.router,
        lookup_endpoints.router,
        credentials_endpoints.router,
    ),
    resources=(DATABASE, CONSUMERS),
)
