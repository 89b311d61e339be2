"""Analytics: how often something happens on each day."""

from app.analytics.consumers import CONSUMERS
from app.analytics.resources import ANALYTICS
from app.feature import WorkFeature

feature = WorkFeature(name="analytics", consumers=CONSUMERS, resources=ANALYTICS)
