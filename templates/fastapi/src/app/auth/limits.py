"""Counts attempts in windows of time, for all replicas together, and says when to stop."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Annotated

from fastapi import Depends, Request

from app.auth.errors import TooManyAttemptsError
from app.auth.settings import AuthSettings
from app.redis import RedisStore, StateRedis
from shared.errors import UnavailableError
from shared.lifecycle import Resource
from shared.web import instance, resource

# Many people may share one network address.
PEOPLE_PER_PLACE = 10
# Only an attack from many places gets there; a low ceiling would let anybody lock others out.
PLACES_PER_PERSON = 100

_TAKE = """
local wait = 0
for number, key in ipairs(KEYS) do
  local count = tonumber(redis.call('GET', key) or '0')
  if count >= tonumber(ARGV[2 * number - 1]) then
    wait = math.max(wait, redis.call('PTTL', key), 1)
  end
end
if wait > 0 then return wait end
for number, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2 * number]) end
end
return 0
"""
_GIVE_BACK = """
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
"""


@dataclass(frozen=True, kw_only=True)
class Quota:
    """So many attempts at one thing in a window of time."""

    name: str
    allowed: int
    seconds: int


class AttemptLimiter:
    """Takes attempts from quotas; every method may raise `UnavailableError`."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    async def take(self, quotas: Iterable[Quota]) -> None:
        """Count an attempt, or raise `TooManyAttemptsError` if one of the quotas is used up.

        It is counted before its outcome is known: of many at once no more than allowed go on.
        """
        chosen = tuple(quotas)
        limits = [str(n) for each in chosen for n in (each.allowed, each.seconds * 1000)]
        keys = self._keys(chosen)
        wait = await self._store.run(lambda redis: redis.eval(_TAKE, len(keys), *keys, *limits))
        if wait:
            raise TooManyAttemptsError("Try again later.", retry_after=ceil(wait / 1000))

    async def give_back(self, quotas: Iterable[Quota]) -> None:
        """Take back an attempt that was none, such as a login with the right password."""
        keys = self._keys(quotas)
        await self._store.run(lambda redis: redis.eval(_GIVE_BACK, len(keys), *keys))

    def _keys(self, quotas: Iterable[Quota]) -> list[str]:
        # Redis is no place for a list of who logs in.
        digests = (sha256(each.name.encode()).hexdigest() for each in quotas)
        return [self._store.key("attempts", digest) for digest in digests]


def place_of(request: Request) -> str:
    """Return where a request comes from; all addresses of one IPv6 network are one place."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address) or address.ipv4_mapped:
        return host
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"


LIMITER = Resource(
    provides=AttemptLimiter,
    factory=lambda resources: AttemptLimiter(resources.get(StateRedis).store("attempts")),
    requires=(StateRedis,),
)


class RequestLimits:
    """The limits that one request is under, by where it comes from."""

    def __init__(
        self,
        request: Request,
        settings: Annotated[AuthSettings, Depends(resource(AuthSettings))],
        limiter: Annotated[AttemptLimiter, Depends(resource(AttemptLimiter))],
    ) -> None:
        self._settings, self._limiter = settings, limiter
        self.place = place_of(request)

    @asynccontextmanager
    async def failures(self, what: str, whose: str) -> AsyncIterator[None]:
        """Count what is done as a failed try at a password, unless it ends without an error.

        So many by one person at one place; a high ceiling for each of both, or anybody could lock
        somebody else out. Raises `TooManyAttemptsError`.
        """
        settings = self._settings
        attempts, seconds = settings.login_attempts, settings.login_window_seconds
        quotas = self._quotas(what, whose, attempts, seconds)
        await self._limiter.take(quotas)
        yield
        # If this fails there is one try less for a while: no reason to refuse what is right.
        with suppress(UnavailableError):
            await self._limiter.give_back(quotas)

    async def take_registration(self) -> None:
        """Count a registration. Raises `TooManyAttemptsError`."""
        settings = self._settings
        attempts, seconds = settings.registration_attempts, settings.registration_window_seconds
        quota = Quota(name=f"registration {self.place}", allowed=attempts, seconds=seconds)
        await self._limiter.take((quota,))

    async def take_message(self, email: str) -> None:
        """Count a message to an address that anybody may name. Raises `TooManyAttemptsError`."""
        settings = self._settings
        attempts, seconds = settings.message_attempts, settings.message_window_seconds
        await self._limiter.take(self._quotas("message", email, attempts, seconds))

    def _quotas(self, what: str, whose: str, attempts: int, seconds: int) -> tuple[Quota, ...]:
        names = {
            f"{what} {whose} {self.place}": attempts,
            f"{what} {whose}": attempts * PLACES_PER_PERSON,
            f"{what} from {self.place}": attempts * PEOPLE_PER_PLACE,
        }
        return tuple(
            Quota(name=name, allowed=allowed, seconds=seconds) for name, allowed in names.items()
        )


Limits = Annotated[RequestLimits, Depends(instance(RequestLimits))]
