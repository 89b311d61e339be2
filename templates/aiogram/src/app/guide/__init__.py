"""Help: what the bot can do for whoever asks, and the way out of every dialogue."""

from app.feature import BotFeature
from app.guide.handlers import HANDLERS

feature = BotFeature(name="guide", handlers=HANDLERS)
