"""Remembers which link somebody first came by: what stands behind `?start=` in it."""

from app.redis import ServiceRedis, translate_errors

KEPT_SECONDS = 90 * 86400


class Links:
    """The payload of the first deep link of each person; methods may raise UnavailableError."""

    def __init__(self, redis: ServiceRedis) -> None:
        self._redis = redis

    async def first(self, telegram_id: int, payload: str | None) -> str:
        """Return the first payload of this person, which this one is if there was none yet."""
        key = self._redis.key("link", telegram_id)
        with translate_errors():
            if payload:
                await self._redis.client.set(key, payload, nx=True, ex=KEPT_SECONDS)
            return str(await self._redis.client.get(key) or "")
