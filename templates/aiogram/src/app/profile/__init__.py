"""Profile: a dialogue in which people see their name and change it."""

from app.feature import BotFeature
from app.profile.handlers import HANDLERS
from app.users import USERS_RESOURCES

feature = BotFeature(name="profile", handlers=HANDLERS, resources=USERS_RESOURCES)
