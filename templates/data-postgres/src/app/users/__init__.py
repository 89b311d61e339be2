"""Users: who they are and how they are found."""

from app.access import CONSUMERS
from app.database import DATABASE
from app.users.endpoints import router
from shared.web import Feature

feature = Feature(name="users", routers=(router,), resources=(DATABASE, CONSUMERS))
