"""Which uploads wait for a result, and where it is to be shown: in Redis, for every process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.redis import ServiceRedis, translate_errors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

BUSY_SECONDS = 60
_FILE = "file:"
_FAILED = "!"

# An upload's fields begin with `file:`: empty while it waits, a reference, or `!` and a reason.
_SETTLE = """
local upload = redis.call('GET', KEYS[1])
if not upload then return {'unknown'} end
local key = ARGV[1] .. upload
if redis.call('EXISTS', key) == 0 then return {'unknown'} end
redis.call('HSET', key, ARGV[2], ARGV[3])
if redis.call('HEXISTS', key, 'shown') == 1 then return {'shown'} end
local all = redis.call('HGETALL', key)
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 5) == 'file:' and all[i + 1] == '' then return {'waiting'} end
end
if not redis.call('SET', key .. ':busy', '1', 'NX', 'EX', ARGV[4]) then return {'busy'} end
return {'complete', upload, unpack(all)}
"""


class BusyError(Exception):
    """Another process is about to show this very upload."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """What one message or album brought: where it came from and what has become of each file.

    `message_id` is of the first message, `status_id` of the bot's own below it. `thumbnails` and
    `failures` are by the file's name.
    """

    key: str
    chat_id: int
    message_id: int
    status_id: int
    language: str
    thumbnails: tuple[tuple[str, str], ...]
    failures: tuple[tuple[str, str], ...]


class PendingUploads:
    """Remembers uploads until their results were shown; methods may raise UnavailableError."""

    def __init__(self, redis: ServiceRedis, *, seconds: int) -> None:
        self._redis, self._seconds = redis, seconds
        self._settle = redis.client.register_script(_SETTLE)

    async def begin(
        self, chat_id: int, message_id: int, language: str, files: Mapping[UUID, str]
    ) -> str:
        """Have the results of these files, which are named, belong to one upload; return its key.

        A second time it changes nothing of what is known already.
        """
        upload = f"{chat_id}:{message_id}"
        key = self._key(upload)
        facts = {"chat": chat_id, "message": message_id, "language": language}
        names = {f"name:{file_id}": name for file_id, name in files.items()}
        waiting = dict.fromkeys((f"{_FILE}{file_id}" for file_id in files), "")
        with translate_errors():
            async with self._redis.client.pipeline(transaction=True) as pipeline:
                for field, value in {**facts, **names, **waiting}.items():
                    pipeline.hsetnx(key, field, str(value))
                pipeline.expire(key, self._seconds)
                for file_id in files:
                    pipeline.set(self._redis.key("upload-of", file_id), upload, ex=self._seconds)
                await pipeline.execute()
        return upload

    async def status_of(self, upload: str) -> int | None:
        """Return the message that says what has become of it, if one was sent."""
        with translate_errors():
            found = await self._redis.client.hget(self._key(upload), "status")
        return int(found) if found else None

    async def keep_status(self, upload: str, message_id: int) -> None:
        """Remember that message."""
        with translate_errors():
            await self._redis.client.hset(self._key(upload), "status", str(message_id))

    async def settle(
        self, file_id: UUID, *, thumbnail: str = "", failure: str = ""
    ) -> Upload | None:
        """Write down what has become of a file; return the upload if it is complete by that.

        None when others of it are on their way, when it was shown before or is none of ours.
        Whoever gets it shows it, then calls `finish` or `give_back`. Raises BusyError while another
        one does.
        """
        outcome = thumbnail or f"{_FAILED}{failure}"
        key, prefix = self._redis.key("upload-of", file_id), self._key("")
        with translate_errors():
            state, *found = await self._settle(
                keys=[key], args=[prefix, f"{_FILE}{file_id}", outcome, BUSY_SECONDS]
            )
        if state == "busy":
            raise BusyError
        return _upload(found[0], found[1:]) if state == "complete" else None

    async def give_back(self, upload: Upload) -> None:
        """Let whoever tries next show the results."""
        with translate_errors():
            await self._redis.client.delete(f"{self._key(upload.key)}:busy")

    async def finish(self, upload: Upload) -> None:
        """Remember that the results were shown."""
        key = self._key(upload.key)
        with translate_errors():
            await self._redis.client.hset(key, "shown", "1")
            await self._redis.client.delete(f"{key}:busy")

    def _key(self, upload: str) -> str:
        return self._redis.key("upload", upload)


def _upload(key: str, pairs: list[Any]) -> Upload:
    fields = dict(zip(pairs[::2], pairs[1::2], strict=True))
    outcomes = [
        (fields[f"name:{name.removeprefix(_FILE)}"], outcome)
        for name, outcome in fields.items()
        if name.startswith(_FILE)
    ]
    return Upload(
        key=key,
        chat_id=int(fields["chat"]),
        message_id=int(fields["message"]),
        status_id=int(fields.get("status", 0)),
        language=fields["language"],
        thumbnails=tuple(each for each in outcomes if not each[1].startswith(_FAILED)),
        failures=tuple(
            (name, outcome.removeprefix(_FAILED))
            for name, outcome in outcomes
            if outcome.startswith(_FAILED)
        ),
    )
