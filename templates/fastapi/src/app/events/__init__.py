"""Events: what this service has changed is published, also after a crash."""

from app.events.announcer import Announcer
from app.events.resources import RESOURCES
from shared.web import Feature

__all__ = ["Announcer", "feature"]

feature = Feature(name="events", resources=RESOURCES)
