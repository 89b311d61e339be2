"""Users: who they are and what becomes of them."""

from app.users.endpoints import router
from shared.web import Feature

# Where its rules get users from, `cached` or `direct`, is said in features.py.
feature = Feature(name="users", routers=(router,))
