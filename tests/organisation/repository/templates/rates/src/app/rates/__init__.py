"""Today's rates."""

from app.rates.endpoints import router
from shared.web import Feature

feature = Feature(name="rates", routers=(router,))
