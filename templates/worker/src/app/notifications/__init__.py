"""Notifications: users are told what happens to their account."""

from app.feature import WorkFeature
from app.notifications.consumers import CONSUMERS
from app.notifications.resources import NOTIFICATIONS

feature = WorkFeature(name="notifications", consumers=CONSUMERS, resources=NOTIFICATIONS)
