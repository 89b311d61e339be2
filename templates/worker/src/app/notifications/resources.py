"""Opens the notifier that the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from app.notifications.gateway import LogNotifier, WebhookNotifier
from app.notifications.service import Notifications
from app.notifications.settings import NotificationSettings
from shared.http import CLIENT_METRICS, ApiClient, ClientMetrics, Target
from shared.lifecycle import Resource, Resources


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Notifications]:
    """Use the webhook if there is one, otherwise the log."""
    settings, metrics = resources.get(NotificationSettings), resources.get(ClientMetrics)
    if settings.notification_url is None:
        yield Notifications(LogNotifier())
        return
    token = settings.notification_token
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    parts = urlsplit(settings.notification_url)
    base = f"{parts.scheme}://{parts.netloc}"
    target = Target(name="webhook", base_url=base, headers=headers)
    async with ApiClient(target, metrics=metrics) as client:
        yield Notifications(WebhookNotifier(client, parts.path or "/"))


# Not pinged: while the webhook is away, notifications wait in their queue.
NOTIFICATIONS = (
    CLIENT_METRICS,
    Resource(provides=Notifications, open=opened, requires=(NotificationSettings, ClientMetrics)),
)
