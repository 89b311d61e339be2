"""Counts attempts to log in, and says when there were too many."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from math import ceil
from time import monotonic

from app.auth.errors import TooManyLoginsError
from app.auth.settings import AuthSettings
from app.redis import RedisStore, StateRedis
from shared.errors import UnavailableError
from shared.lifecycle import Resource, Resources

# Many people may share one network address.
PEOPLE_PER_ADDRESS = 10
MAX_WINDOWS = 10_000

_COUNT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
"""


class LoginLimits:
    """So many attempts in a window of time, for each e-mail address and for each place.

    While Redis is away each process counts for itself.
    """

    def __init__(self, store: RedisStore, attempts: int, window_seconds: int) -> None:
        self._store, self._attempts, self._seconds = store, attempts, window_seconds
        self._windows: dict[str, tuple[float, int]] = {}

    async def count(self, email: str, place: str) -> None:
        """Count one attempt. Raises `TooManyLoginsError` when there were too many before it."""
        await self._count(f"email {email.lower()}", self._attempts)
        await self._count(f"place {place}", self._attempts * PEOPLE_PER_ADDRESS)

    async def _count(self, what: str, allowed: int) -> None:
        # Redis is no place for a list of who logs in.
        key = self._store.key("logins", sha256(what.encode()).hexdigest())
        milliseconds = str(self._seconds * 1000)
        try:
            made, left = await self._store.run(
                lambda redis: redis.eval(_COUNT, 1, key, milliseconds)
            )
        except UnavailableError:
            made, left = self._count_here(key)
        if made > allowed:
            wait = max(1, ceil(left / 1000))
            raise TooManyLoginsError("Try again later.", retry_after=wait)

    def _count_here(self, key: str) -> tuple[int, float]:
        now = monotonic()
        ends, made = self._windows.pop(key, (0.0, 0))
        if ends <= now:
            ends, made = now + self._seconds, 0
        self._windows[key] = ends, made + 1
        while len(self._windows) > MAX_WINDOWS:
            self._windows.pop(next(iter(self._windows)))
        return made + 1, (ends - now) * 1000


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[LoginLimits]:
    """Use the Redis of this process."""
    settings = resources.get(AuthSettings)
    store = resources.get(StateRedis).store("login limits")
    yield LoginLimits(store, settings.login_attempts, settings.login_window_seconds)


LIMITS = Resource(provides=LoginLimits, open=opened, requires=(AuthSettings, StateRedis))
