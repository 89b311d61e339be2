"""The broadcast that there is, in Redis: who of the current page got it, and the sums before it.

A person's mark on the page says how far it has come: waiting, sending, or what has become of it.
Whoever takes over after a killed process knows by `sending` whom that one may have reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from app.redis import ServiceRedis, translate_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT_SECONDS = 7 * 86400
# Names of people who were not reached, for the report.
LISTED = 10_000

_BEGIN = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
"""
# Of one that has ended meanwhile nothing may be left, or the next one would be stopped by it.
_STOP = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'stopped', '1')
return 1
"""
_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lost' end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if redis.call('HEXISTS', KEYS[2], 'stopped') == 1 then return 'stopped' end
return 'kept'
"""
_FREE = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1"


class Mark(StrEnum):
    """How far a person's message has come."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody on the current page."""

    telegram_id: int
    name: str
    mark: Mark


@dataclass(frozen=True, kw_only=True)
class Broadcast:
    """A text for everybody, and what has become of it so far; `cursor` is of the next page."""

    text: str
    admin: int
    language: str
    cursor: str = ""
    is_last: bool = False
    stopped: bool = False
    sent: int = 0
    unreachable: int = 0
    unknown: int = 0


class Broadcasts:
    """Keeps one broadcast at a time; methods may raise UnavailableError."""

    def __init__(self, redis: ServiceRedis, *, lease_seconds: float) -> None:
        self._redis, self._token = redis, token_hex(8)
        self.lease_seconds = lease_seconds
        self._lease_ms = round(lease_seconds * 1000)
        self._key, self._page, self._missed, self._lease = (
            redis.key("broadcast", part) for part in ("state", "page", "missed", "lease")
        )
        register = redis.client.register_script
        self._begin, self._stop = map(register, (_BEGIN, _STOP))
        self._renew, self._free = map(register, (_RENEW, _FREE))

    async def begin(self, broadcast: Broadcast) -> bool:
        """Begin one, whole or not at all; False if there is one already."""
        facts = ("text", broadcast.text, "admin", broadcast.admin, "language", broadcast.language)
        with translate_errors():
            return bool(await self._begin(keys=[self._key], args=[KEPT_SECONDS, *facts]))

    async def stop(self) -> bool:
        """Have it end before the next person; False if there is none."""
        with translate_errors():
            return bool(await self._stop(keys=[self._key]))

    async def current(self) -> Broadcast | None:
        """Return the broadcast that there is."""
        fields = await self._fields(self._key)
        if not fields:
            return None
        numbers = {name: int(fields.get(name, 0)) for name in ("sent", "unreachable", "unknown")}
        return Broadcast(
            text=fields["text"],
            admin=int(fields["admin"]),
            language=fields["language"],
            cursor=fields.get("cursor", ""),
            is_last=fields.get("last") == "1",
            stopped="stopped" in fields,
            **numbers,
        )

    async def take(self) -> bool:
        """Make this process the one that sends it; False if another one does."""
        with translate_errors():
            taken = await self._redis.client.set(
                self._lease, self._token, nx=True, px=self._lease_ms
            )
        return bool(taken)

    async def keep(self) -> str:
        """Renew that; `lost` if another process sends it, `stopped` if nobody is to."""
        with translate_errors():
            keys = [self._lease, self._key]
            return str(await self._renew(keys=keys, args=[self._token, self._lease_ms]))

    async def free(self) -> None:
        """Let another process send it."""
        with translate_errors():
            await self._free(keys=[self._lease], args=[self._token])

    async def page(self) -> list[Recipient]:
        """Return who is on the current page; nobody if there is none."""
        found = await self._fields(self._page)
        return [
            Recipient(telegram_id=int(person), mark=Mark(mark), name=name)
            for person, (mark, _, name) in (
                (person, value.partition(" ")) for person, value in found.items()
            )
        ]

    async def open_page(self, people: Mapping[int, str], next_cursor: str) -> None:
        """Make the next page the current one: nobody on it has got anything yet."""
        async with self._pipeline() as pipeline:
            if people:
                waiting = {str(each): f"{Mark.WAITING} {name}" for each, name in people.items()}
                pipeline.hset(self._page, mapping=waiting)
                pipeline.expire(self._page, KEPT_SECONDS)
            position = {"cursor": next_cursor, "last": "" if next_cursor else "1"}
            pipeline.hset(self._key, mapping=position)
            with translate_errors():
                await pipeline.execute()

    async def mark(self, recipient: Recipient, mark: Mark) -> None:
        """Write down how far a person's message has come."""
        with translate_errors():
            await self._redis.client.hset(
                self._page, str(recipient.telegram_id), f"{mark} {recipient.name}"
            )

    async def close_page(self) -> None:
        """Add the current page to the sums, at once and once, and have none."""
        page = await self.page()
        with translate_errors():
            async with self._pipeline() as pipeline:
                for mark in (Mark.SENT, Mark.UNREACHABLE, Mark.UNKNOWN):
                    count = sum(each.mark is mark for each in page)
                    pipeline.hincrby(self._key, mark.value, count)
                for each in page:
                    if each.mark in {Mark.UNREACHABLE, Mark.UNKNOWN}:
                        pipeline.rpush(self._missed, f"{each.mark} {each.telegram_id} {each.name}")
                pipeline.ltrim(self._missed, 0, LISTED - 1)
                pipeline.expire(self._missed, KEPT_SECONDS)
                pipeline.delete(self._page)
                await pipeline.execute()

    async def missed(self) -> list[tuple[Mark, str]]:
        """Return who was not reached, and who may not have been, each as an id and a name."""
        with translate_errors():
            found = await self._redis.client.lrange(self._missed, 0, -1)
        lines = [str(line).partition(" ") for line in found]
        return [(Mark(mark), person) for mark, _, person in lines]

    async def end(self) -> None:
        """Forget it."""
        with translate_errors():
            await self._redis.client.delete(self._key, self._page, self._missed)

    async def _fields(self, key: str) -> dict[str, str]:
        with translate_errors():
            found = await self._redis.client.hgetall(key)
        return {str(name): str(value) for name, value in found.items()}

    def _pipeline(self) -> Any:  # noqa: ANN401 - redis-py's own, which has no plain type
        return self._redis.client.pipeline(transaction=True)
