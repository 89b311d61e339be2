"""Users: who they are and what becomes of them."""

from app.users.endpoints import router
from shared.web import Feature

feature = Feature(name="users", routers=(router,))
