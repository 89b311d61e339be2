"""Opens the counts for as long as the process runs."""

from app.analytics.gateway import RedisCounts
from app.analytics.service import Analytics
from app.analytics.settings import AnalyticsSettings
from app.redis import REDIS, ServiceRedis
from shared.lifecycle import Resource, Resources


def make_analytics(resources: Resources) -> Analytics:
    """Count in this service's Redis."""
    days = resources.get(AnalyticsSettings).analytics_days
    return Analytics(RedisCounts(resources.get(ServiceRedis), days))


ANALYTICS = (
    REDIS,
    Resource(
        provides=Analytics, factory=make_analytics, requires=(AnalyticsSettings, ServiceRedis)
    ),
)
