"""Keeps intents in Redis, for whichever process has to see to them."""

from app.events.intent import Intent
from app.redis import RedisStore

_RECORD = """
local now = tonumber(redis.call('TIME')[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[1])
"""
_REMOVE = """
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
"""
_TAKE = """
local now = tonumber(redis.call('TIME')[1])
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[1])
local taken = {tostring(redis.call('ZCARD', KEYS[2]))}
for _, id in ipairs(due) do
  redis.call('ZADD', KEYS[2], now + ARGV[2], id)
  local text = redis.call('HGET', KEYS[1], id)
  if text then table.insert(taken, text) else redis.call('ZREM', KEYS[2], id) end
end
return taken
"""


class Intents:
    """The intents of all replicas; every method raises `UnavailableError` when Redis is away."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    async def record(self, intent: Intent, seconds: int) -> None:
        """Keep it, as it is now; whoever asks gets it after that many seconds."""
        await self._run(_RECORD, intent.id, intent.model_dump_json(), str(seconds))

    async def remove(self, intent: Intent) -> None:
        """Forget it."""
        await self._run(_REMOVE, intent.id)

    async def take(self, limit: int, seconds: int) -> tuple[int, list[Intent]]:
        """Return how many there are, and those that are due; nobody else gets them for a while."""
        count, *texts = await self._run(_TAKE, str(limit), str(seconds))
        return int(count), [Intent.model_validate_json(text) for text in texts]

    async def _run(self, script: str, *arguments: str) -> list[str]:
        keys = self._store.key("intents"), self._store.key("intents-due")
        found = await self._store.run(
            lambda redis: redis.eval(script, len(keys), *keys, *arguments)
        )
        return [str(each) for each in found or ()]
