"""Fallback: whatever nothing else answers gets an answer; it is the last of the features."""

from app.fallback.handlers import HANDLERS
from app.feature import BotFeature

feature = BotFeature(name="fallback", handlers=HANDLERS)
