"""What the rules need of the world: somebody who tells users, and what they were told before."""

from typing import Protocol
from uuid import UUID

import structlog

from app.notifications.texts import Notification
from app.redis import ServiceRedis, translate_errors
from shared.http import ApiClient

# Events overtake each other by the time that attempts take, which is hours and not days.
_KNOWN_SECONDS = 48 * 60 * 60
# Lower than what is known is old news; the same is another attempt.
_ADVANCE = """
local known = redis.call('GET', KEYS[1])
if known and tonumber(ARGV[1]) < tonumber(known) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""

_log = structlog.stdlib.get_logger(__name__)


class Notifier(Protocol):
    """Tells a user; may raise `UnavailableError` or `BadGatewayError`."""

    async def send(self, notification: Notification) -> None:
        """Send it; one of the same id that was sent before may be sent again."""


class NotificationState(Protocol):
    """Remembers for some time what users were told; any method may raise `UnavailableError`."""

    async def advance(self, user_id: UUID, version: int) -> bool:
        """Say whether this version is no older than the last one, and remember it."""

    async def deactivate(self, user_id: UUID, key: str) -> bool:
        """Say whether the message of this key is the one that tells of the deactivation."""

    async def reactivate(self, user_id: UUID) -> None:
        """Have the next deactivation be told of."""


class LogNotifier:
    """Writes down that somebody would be told: without a webhook nobody is."""

    async def send(self, notification: Notification) -> None:
        """Log it, without the address."""
        _log.info("notification", kind=notification.kind, user_id=str(notification.user_id))


class WebhookNotifier:
    """Posts to a webhook, with the notification's id as Idempotency-Key: it may come twice.

    Args:
        client: of the webhook's host.
        target: path and query, as they are written in the setting.
    """

    def __init__(self, client: ApiClient, target: str) -> None:
        # Braces would stand for parameters.
        self._client, self._target = client, target.replace("{", "{{").replace("}", "}}")

    async def send(self, notification: Notification) -> None:
        """Post it; any answer below 300 will do."""
        key = notification.id
        await self._client.post(self._target, json=notification, idempotency_key=key, into=object)


class RedisNotificationState:
    """Keeps it in Redis, under two keys for each user of whom there was news."""

    def __init__(self, redis: ServiceRedis) -> None:
        self._redis = redis
        self._advance = redis.client.register_script(_ADVANCE)

    async def advance(self, user_id: UUID, version: int) -> bool:
        """Say whether this version is no older than the last one, and remember it."""
        with translate_errors():
            found = await self._advance(
                keys=[self._key("version", user_id)], args=[version, _KNOWN_SECONDS]
            )
        return bool(found)

    async def deactivate(self, user_id: UUID, key: str) -> bool:
        """Say whether the message of this key is the one that tells of the deactivation."""
        with translate_errors():
            before = await self._redis.client.set(
                self._key("deactivated", user_id), key, nx=True, get=True, ex=_KNOWN_SECONDS
            )
        return before is None or before == key

    async def reactivate(self, user_id: UUID) -> None:
        """Have the next deactivation be told of."""
        with translate_errors():
            await self._redis.client.delete(self._key("deactivated", user_id))

    def _key(self, what: str, user_id: UUID) -> str:
        return self._redis.key("notifications", what, str(user_id))
