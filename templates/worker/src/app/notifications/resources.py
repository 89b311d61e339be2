"""Opens the notifier that the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from app.notifications.gateway import LogNotifier, RedisNotificationState, WebhookNotifier
from app.notifications.service import Notifications
from app.notifications.settings import NotificationSettings
from app.redis import REDIS, ServiceRedis
from shared.http import CLIENT_METRICS, ApiClient, ClientMetrics, Target
from shared.lifecycle import Resource, Resources


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Notifications]:
    """Use the webhook if there is one, otherwise the log."""
    settings, metrics = resources.get(NotificationSettings), resources.get(ClientMetrics)
    state = RedisNotificationState(resources.get(ServiceRedis))
    if settings.notification_url is None:
        yield Notifications(LogNotifier(), state)
        return
    token = settings.notification_token
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    parts = urlsplit(settings.notification_url.get_secret_value())
    # A client's base would get a slash at its end, so the rest of the URL is what is asked for.
    base, rest = f"{parts.scheme}://{parts.netloc}", parts._replace(scheme="", netloc="").geturl()
    target = Target(name="webhook", base_url=base, headers=headers, proxy=settings.proxy_url)
    async with ApiClient(target, metrics=metrics) as client:
        yield Notifications(WebhookNotifier(client, rest or "/"), state)


# Not pinged: while the webhook is away, notifications wait in their queue.
NOTIFICATIONS = (
    CLIENT_METRICS,
    REDIS,
    Resource(
        provides=Notifications,
        open=opened,
        requires=(NotificationSettings, ClientMetrics, ServiceRedis),
    ),
)
