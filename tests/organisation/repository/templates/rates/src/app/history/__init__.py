"""Rates of other days."""

from app.history.endpoints import router
from shared.web import Feature

feature = Feature(name="history", routers=(router,))
