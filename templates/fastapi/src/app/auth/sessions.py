"""Sessions, each from its login to its end: a token counts while its session is in Redis."""

from dataclasses import dataclass
from time import time
from uuid import UUID, uuid4

import structlog

from app.auth.schemas import SessionRead, TokenPair
from app.auth.settings import AuthSettings
from app.auth.tokens import TokenClaims, Tokens, refused
from app.redis import RedisStore, StateRedis
from shared.lifecycle import Resource

# Of more than these the one that was used least recently is ended.
MAX_SESSIONS = 50
MAX_USER_AGENT = 200

_log = structlog.stdlib.get_logger(__name__)

_BEGIN = """
redis.call('HSET', KEYS[1], unpack(ARGV, 6))
redis.call('EXPIREAT', KEYS[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
redis.call('EXPIREAT', KEYS[2], ARGV[2], 'NX')
redis.call('EXPIREAT', KEYS[2], ARGV[2], 'GT')
local surplus = redis.call('ZRANGE', KEYS[2], 0, -1 - tonumber(ARGV[4]))
for _, id in ipairs(surplus) do
  redis.call('DEL', ARGV[5] .. id)
  redis.call('ZREM', KEYS[2], id)
end
"""
# The token before the current one gives the same successor for some seconds: two tabs may refresh
# at once, and answers get lost. Any other one was stolen, before or now.
_REFRESH = """
local id, sent, fresh = ARGV[1], ARGV[2], ARGV[3]
local now, leeway, lifetime = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local known = redis.call('HMGET', KEYS[1], 'token', 'before', 'refreshed', 'ends')
if not known[1] then return {'over'} end
if known[1] == sent then
  local expires = math.min(now + lifetime, tonumber(known[4]))
  redis.call('HSET', KEYS[1], 'token', fresh, 'before', sent, 'refreshed', now, 'used', now)
  redis.call('EXPIREAT', KEYS[1], expires)
  redis.call('ZADD', KEYS[2], 'XX', expires, id)
  redis.call('EXPIREAT', KEYS[2], expires, 'GT')
  return {'refreshed', fresh, tostring(now), known[4]}
end
if known[2] == sent and now - tonumber(known[3]) <= leeway then
  return {'refreshed', known[1], known[3], known[4]}
end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], id)
return {'reused'}
"""
_LIST = """
local rows = {}
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, -1)) do
  local known = redis.call('HMGET', ARGV[1] .. id, 'place', 'agent', 'created', 'used')
  if known[1] then table.insert(rows, {id, unpack(known)}) end
end
return rows
"""
_END = """
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('DEL', KEYS[1])
return 1
"""
_END_ALL = """
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if id ~= ARGV[1] then
    redis.call('DEL', ARGV[2] .. id)
    redis.call('ZREM', KEYS[1], id)
  end
end
"""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a login comes from."""

    place: str
    user_agent: str


class Sessions:
    """Begins, refreshes, lists and ends sessions; every method may raise `UnavailableError`."""

    def __init__(self, store: RedisStore, tokens: Tokens, settings: AuthSettings) -> None:
        self._store, self._tokens, self._settings = store, tokens, settings

    async def begin(self, user_id: UUID, origin: Origin) -> tuple[UUID, TokenPair]:
        """Return a new session and its first tokens."""
        session_id, token_id, now = uuid4(), uuid4(), int(time())
        ends = now + self._settings.session_seconds
        fields = {
            "user": str(user_id),
            "token": str(token_id),
            "place": origin.place,
            "agent": origin.user_agent[:MAX_USER_AGENT],
            "created": now,
            "used": now,
            "ends": ends,
        }
        expires = min(now + self._settings.refresh_token_seconds, ends)
        keys = self._keys(user_id, session_id)
        before: list[str | int] = [str(session_id), expires, now, MAX_SESSIONS, self._prefix()]
        arguments = [*before, *(part for pair in fields.items() for part in pair)]
        await self._store.run(lambda redis: redis.eval(_BEGIN, 2, *keys, *map(str, arguments)))
        return session_id, self._pair(user_id, session_id, token_id, now, ends)

    async def refresh(self, claims: TokenClaims) -> TokenPair:
        """Return the next tokens of a session. Raises `BadTokenError`.

        A token that was used up ends the session, unless it is the last one and seconds old.
        """
        settings, keys = self._settings, self._keys(claims.sub, claims.sid)
        arguments = [claims.sid, claims.jti, uuid4(), int(time())]
        limits = [settings.refresh_leeway_seconds, settings.refresh_token_seconds]
        answer = await self._store.run(
            lambda redis: redis.eval(_REFRESH, 2, *keys, *map(str, (*arguments, *limits)))
        )
        if answer[0] != "refreshed":
            if answer[0] == "reused":
                _log.warning("a refresh token was used twice", user=str(claims.sub))
            raise refused("refresh")
        _, token_id, refreshed, ends = answer
        return self._pair(claims.sub, claims.sid, UUID(token_id), int(refreshed), int(ends))

    async def check(self, claims: TokenClaims) -> None:
        """Raise `BadTokenError` if the session of a token is over."""
        session, _ = self._keys(claims.sub, claims.sid)
        if not await self._store.run(lambda redis: redis.exists(session)):
            raise refused(claims.typ)

    async def list(self, user_id: UUID, current: UUID) -> list[SessionRead]:
        """Return a user's sessions, the last used first."""
        index, prefix = self._index(user_id), self._prefix()
        rows = await self._store.run(lambda redis: redis.eval(_LIST, 1, index, prefix))
        return [
            SessionRead(
                id=session_id,
                place=place,
                user_agent=user_agent,
                created_at=created,
                used_at=used,
                is_current=session_id == str(current),
            )
            for session_id, place, user_agent, created, used in rows
        ]

    async def end(self, user_id: UUID, session_id: UUID) -> bool:
        """Have none of its tokens accepted any more; tell whether this user had such a session."""
        keys, ended = self._keys(user_id, session_id), str(session_id)
        return bool(await self._store.run(lambda redis: redis.eval(_END, 2, *keys, ended)))

    async def end_all(self, user_id: UUID, *, but: UUID | None = None) -> None:
        """End all sessions of a user, but one."""
        index, prefix = self._index(user_id), self._prefix()
        kept = str(but or "")
        await self._store.run(lambda redis: redis.eval(_END_ALL, 1, index, kept, prefix))

    def _pair(
        self, user_id: UUID, session_id: UUID, token_id: UUID, refreshed: int, ends: int
    ) -> TokenPair:
        settings, now = self._settings, int(time())
        until = min(now + settings.access_token_seconds, ends)
        expires = min(refreshed + settings.refresh_token_seconds, ends)
        make, ids = self._tokens.make, (user_id, session_id)
        return TokenPair(
            access_token=make("access", *ids, (now, until)),
            refresh_token=make("refresh", *ids, (refreshed, expires), token_id),
            expires_in=until - now,
        )

    def _prefix(self) -> str:
        return self._store.key("session", "")

    def _index(self, user_id: UUID) -> str:
        return self._store.key("sessions", str(user_id))

    def _keys(self, user_id: UUID, session_id: UUID) -> tuple[str, str]:
        return f"{self._prefix()}{session_id}", self._index(user_id)


SESSIONS = Resource(
    provides=Sessions,
    factory=lambda resources: Sessions(
        resources.get(StateRedis).store("sessions"),
        resources.get(Tokens),
        resources.get(AuthSettings),
    ),
    requires=(StateRedis, Tokens, AuthSettings),
)
