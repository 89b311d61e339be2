"""Files: what is known of each stored object, and whose it is."""

from app.access import CONSUMERS
from app.database import DATABASE
from app.files.endpoints import router, user_files_router
from shared.web import Feature

feature = Feature(
    name="files", routers=(router, user_files_router), resources=(DATABASE, CONSUMERS)
)
