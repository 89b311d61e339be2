"""What the rules need of the world: somebody who tells users, by a webhook or only in the log."""

from typing import Protocol

import structlog

from app.notifications.schemas import Notification
from shared.http import ApiClient

_log = structlog.stdlib.get_logger(__name__)


class Notifier(Protocol):
    """Tells a user; may raise `UnavailableError` or `BadGatewayError`."""

    async def send(self, notification: Notification) -> None:
        """Send it; one of the same id that was sent before may be sent again."""


class LogNotifier:
    """Writes down that somebody would be told: without a webhook nobody is."""

    async def send(self, notification: Notification) -> None:
        """Log it, without the address."""
        _log.info("notification", kind=notification.kind, user_id=str(notification.user_id))


class WebhookNotifier:
    """Posts to a webhook, with the notification's id as Idempotency-Key: it may come twice."""

    def __init__(self, client: ApiClient, path: str) -> None:
        self._client, self._path = client, path

    async def send(self, notification: Notification) -> None:
        """Post it; any answer below 300 will do."""
        key = notification.id
        await self._client.post(self._path, json=notification, idempotency_key=key, into=object)
