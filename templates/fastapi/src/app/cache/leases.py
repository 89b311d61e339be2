"""The protocol by which processes share values in Redis and never use an old one.

Whoever finds no value takes the lease of its name, loads the value and keeps it together with
giving the lease back. Forgetting a value ends the lease too: what was being loaded meanwhile may be
old, so it is not kept, and nobody who asks later waits for it.
"""

from dataclasses import dataclass
from secrets import token_hex

from app.redis import RedisStore

# As long as a load may take; after it the next one may try.
LEASE_MS = "10000"

_TAKE = """
local value = redis.call('GET', KEYS[1])
if value then return {value, ''} end
redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
return {'', redis.call('GET', KEYS[2])}
"""
_KEEP = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return {'', ''} end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return {'', ''}
"""
_GIVE_BACK = """
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return {'', ''}
"""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What a try for the lease gave: the value, or whose lease it is now."""

    value: str | None = None
    lease: str = ""
    is_own: bool = False


class Leases:
    """Values and leases; every method raises `UnavailableError` when Redis doesn't do it."""

    def __init__(self, store: RedisStore, ttl_seconds: int) -> None:
        self._store, self.ttl_seconds = store, ttl_seconds

    async def read(self, name: str) -> str | None:
        """Return the value, if there is one."""
        key, _ = self._keys(name)
        found = await self._store.run(lambda redis: redis.get(key))
        return None if found is None else str(found)

    async def take(self, name: str) -> Turn:
        """Try for the lease, if there is no value; otherwise say who has it."""
        mine = token_hex(8)
        value, lease = await self._run(_TAKE, name, mine, LEASE_MS)
        if value:
            return Turn(value=value)
        return Turn(lease=lease, is_own=lease == mine)

    async def keep(self, name: str, lease: str, value: str) -> None:
        """Keep the value if the lease still counts, and give that back."""
        await self._run(_KEEP, name, lease, value, str(self.ttl_seconds))

    async def give_back(self, name: str, lease: str) -> None:
        """Let the next one try."""
        await self._run(_GIVE_BACK, name, lease)

    async def forget(self, *names: str) -> None:
        """Remove the values, and with their leases whatever is being loaded."""
        keys = [key for name in names for key in self._keys(name)]
        await self._store.run(lambda redis: redis.delete(*keys))

    async def _run(self, script: str, name: str, *arguments: str) -> tuple[str, str]:
        keys = self._keys(name)
        value, lease = await self._store.run(
            lambda redis: redis.eval(script, len(keys), *keys, *arguments)
        )
        return str(value), str(lease)

    def _keys(self, name: str) -> tuple[str, str]:
        return self._store.key("cache", name), self._store.key("lease", name)
