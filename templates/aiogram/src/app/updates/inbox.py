"""Keeps updates in Redis from when Telegram is told that they came until they were handled.

Each person has a queue, in the order of Telegram's ids, which one process at a time claims. `due`
says when a queue may be claimed: now, after a wait, or when the claim of a process that died is
over. So people are served side by side, each in order, by any number of processes.
"""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from app.redis import ServiceRedis, translate_errors
from shared.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Telegram gives an update out again for a day at most.
SEEN_SECONDS = 26 * 3600
QUEUE_SECONDS = 26 * 3600
# What one person may have waiting; the rest is dropped, with a line in the log.
QUEUE_LIMIT = 500
# An album has ten members at most.
TAKEN_AT_ONCE = 10

_NOW = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"
# Keys are made here of the first argument: Redis is one server, not a cluster.
_ACCEPT = (
    _NOW
    + """
local dropped = {}
for i = 5, #ARGV, 3 do
  local id, person, body = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local queue = ARGV[1] .. 'queue:' .. person
  if redis.call('SET', ARGV[1] .. 'seen:' .. id, '1', 'NX', 'EX', ARGV[2]) then
    if redis.call('ZCARD', queue) >= tonumber(ARGV[4]) then
      table.insert(dropped, id)
    else
      redis.call('ZADD', queue, id, now .. ' ' .. body)
      redis.call('EXPIRE', queue, ARGV[3])
      redis.call('ZADD', ARGV[1] .. 'due', 'NX', now, person)
    end
  end
end
return dropped
"""
)
_CLAIM = (
    _NOW
    + """
local due = ARGV[1] .. 'due'
for _ = 1, 100 do
  local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
  if #first == 0 then return {'', -1} end
  if tonumber(first[2]) > now then return {'', first[2] - now} end
  local person = first[1]
  local queue = ARGV[1] .. 'queue:' .. person
  local found = redis.call('ZRANGE', queue, 0, ARGV[4] - 1, 'WITHSCORES')
  if #found == 0 then
    redis.call('ZREM', due, person)
  else
    local claim = ARGV[1] .. 'claim:' .. person
    redis.call('ZADD', due, now + ARGV[2], person)
    redis.call('HSET', claim, 'token', ARGV[3])
    local attempt = redis.call('HINCRBY', claim, 'attempts', 1)
    redis.call('EXPIRE', claim, ARGV[5])
    return {person, attempt, now, unpack(found)}
  end
end
return {'', 0}
"""
)
_MINE = """
local claim = ARGV[1] .. 'claim:' .. ARGV[2]
if redis.call('HGET', claim, 'token') ~= ARGV[3] then return 0 end
"""
_RENEW = (
    _NOW + _MINE + "redis.call('ZADD', ARGV[1] .. 'due', 'XX', now + ARGV[4], ARGV[2])\nreturn 1\n"
)
_RELEASE = (
    _NOW
    + _MINE
    + """
redis.call('ZADD', ARGV[1] .. 'due', 'XX', now + ARGV[4], ARGV[2])
redis.call('HDEL', claim, 'token')
if ARGV[5] == '0' then redis.call('HINCRBY', claim, 'attempts', -1) end
return 1
"""
)
_COMPLETE = (
    _NOW
    + _MINE
    + """
local queue, due = ARGV[1] .. 'queue:' .. ARGV[2], ARGV[1] .. 'due'
for i = 4, #ARGV do redis.call('ZREM', queue, ARGV[i]) end
redis.call('DEL', claim)
if redis.call('ZCARD', queue) > 0 then
  redis.call('ZADD', due, 'XX', now, ARGV[2])
else
  redis.call('ZREM', due, ARGV[2])
end
return 1
"""
)


class InboxFullError(UnavailableError):
    """So many people wait that Telegram has to keep what is new."""


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """An update as it came: its id, whose it is, and the JSON."""

    update_id: int
    person: int
    body: str


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An update in a queue; `age_seconds` is how long it has been there."""

    update_id: int
    member: str
    body: str
    age_seconds: float


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A queue that this process may handle: its first updates, and the number of this attempt."""

    person: str
    token: str
    attempt: int
    updates: tuple[Stored, ...]


class Inbox:
    """The updates that are to be handled; every method may raise UnavailableError."""

    def __init__(self, redis: ServiceRedis, *, claim_seconds: float, waiting: int) -> None:
        self._redis, self._waiting = redis, waiting
        self._prefix = redis.key("updates", "")
        self._claim_ms = round(claim_seconds * 1000)
        register = redis.client.register_script
        self._accept, self._claim, self._renew = map(register, (_ACCEPT, _CLAIM, _RENEW))
        self._release, self._complete = map(register, (_RELEASE, _COMPLETE))

    async def accept(self, updates: Sequence[Incoming]) -> list[int]:
        """Keep updates, each once, and return the ids of those that there is no room for.

        Raises InboxFullError when too many people wait: then none is kept.
        """
        if await self.waiting() >= self._waiting:
            raise InboxFullError("too many people wait", retry_after=1)
        limits = (SEEN_SECONDS, QUEUE_SECONDS, QUEUE_LIMIT)
        given = [part for each in updates for part in (each.update_id, each.person, each.body)]
        return [int(each) for each in await self._run(self._accept, *limits, *given)]

    async def waiting(self) -> int:
        """Return how many people wait or are being served."""
        with translate_errors():
            return int(await self._redis.client.zcard(f"{self._prefix}due"))

    async def claim(self) -> Claim | float:
        """Claim the queue that has waited longest; or return the seconds until one may be due."""
        token = token_hex(8)
        found = await self._run(self._claim, self._claim_ms, token, TAKEN_AT_ONCE, QUEUE_SECONDS)
        person, number, *rest = found
        if not person:
            return float("inf") if int(number) < 0 else int(number) / 1000
        now, *members = rest
        pairs = zip(members[::2], members[1::2], strict=True)
        stored = tuple(_stored(*pair, int(now)) for pair in pairs)
        return Claim(person=person, token=token, attempt=int(number), updates=stored)

    async def renew(self, claim: Claim) -> bool:
        """Keep a claim; False if another process has it by now."""
        return bool(await self._run(self._renew, claim.person, claim.token, self._claim_ms))

    async def release(self, claim: Claim, seconds: float, *, failed: bool) -> None:
        """Give a queue back, to be taken again after so long; only a failure counts."""
        waits = (round(seconds * 1000), int(failed))
        await self._run(self._release, claim.person, claim.token, *waits)

    async def complete(self, claim: Claim, updates: Sequence[Stored]) -> None:
        """Forget updates that were handled, and let the person's next ones be taken."""
        members = [each.member for each in updates]
        await self._run(self._complete, claim.person, claim.token, *members)

    async def _run(self, script: Any, *arguments: object) -> Any:  # noqa: ANN401 - redis-py's own
        with translate_errors():
            return await script(args=[self._prefix, *arguments])


def _stored(member: str, score: str, now: int) -> Stored:
    accepted, _, body = member.partition(" ")
    age_seconds = (now - int(accepted)) / 1000
    return Stored(update_id=int(score), member=member, body=body, age_seconds=age_seconds)
