"""All of the store's ports on one Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.messaging.store.claims import RedisClaims
from shared.messaging.store.held import Held
from shared.messaging.store.keys import Keys
from shared.messaging.store.schedules import RedisSchedules
from shared.messaging.store.scripts import Scripts
from shared.messaging.store.statuses import RedisStatuses

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from shared.messaging.settings import TaskSettings


class RedisStore(RedisClaims, RedisStatuses):
    """The port `Store`; `held` has the claims of this process, which somebody must keep.

    `schedules` remembers what was enqueued by the clock.
    """

    def __init__(self, client: Redis, settings: TaskSettings) -> None:
        scripts, keys = Scripts(client), Keys(settings.messaging_prefix)
        lease, keep = settings.task_claim_seconds, float(settings.task_status_seconds)
        self.held = Held(scripts, lease)
        self.schedules = RedisSchedules(scripts, keys)
        RedisClaims.__init__(self, scripts, keys, self.held, lease, keep)
        RedisStatuses.__init__(self, scripts, keys, keep)

    async def ping(self) -> None:
        """Raise UnavailableError when Redis does not answer."""
        await self._scripts.ping()
