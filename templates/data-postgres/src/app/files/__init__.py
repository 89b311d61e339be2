"""Files: what is known of each stored object, and whose it is."""

from app.access import CONSUMERS
from app.database import DATABASE
from app.files import bulk_endpoints, endpoints, user_files
from shared.web import Feature

feature = Feature(
    name="files",
    routers=(endpoints.router, bulk_endpoints.router, user_files.router),
    resources=(DATABASE, CONSUMERS),
)
