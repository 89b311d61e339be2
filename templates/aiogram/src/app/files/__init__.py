"""Files: people see what they have sent."""

from app.feature import BotFeature
from app.files.handlers import HANDLERS
from app.users import USERS_RESOURCES

feature = BotFeature(name="files", handlers=HANDLERS, resources=USERS_RESOURCES)
