"""Sample: one handler, to be copied or deleted."""

from app.feature import BotFeature
from app.sample.handlers import HANDLERS

feature = BotFeature(name="sample", handlers=HANDLERS)
