"""The rules about sessions: what begins with a login and goes on from token to token."""

from uuid import UUID, uuid4

import structlog

from app.auth.account_service import Accounts
from app.auth.revocations import Revocations
from app.auth.schemas import TokenPair
from app.auth.tokens import Claims, Tokens, refused

_log = structlog.stdlib.get_logger(__name__)


class Sessions:
    """Begins, prolongs and ends sessions."""

    def __init__(self, accounts: Accounts, tokens: Tokens, revocations: Revocations) -> None:
        self._accounts, self._tokens, self._revocations = accounts, tokens, revocations

    def begin(self, user_id: UUID) -> TokenPair:
        """Return the first tokens of a new session."""
        return self._pair(user_id, uuid4())

    async def prolong(self, refresh_token: str) -> TokenPair:
        """Return the next tokens of a session. Raises `BadTokenError`.

        A token that comes a second time was stolen, before or now: that ends the session. While
        Redis is away nobody can tell, so it raises `UnavailableError`.
        """
        claims = self._tokens.read(refresh_token, "refresh")
        if await self._revocations.is_revoked(claims.sid):
            raise refused("refresh")
        if await self._accounts.active(claims.sub) is None:
            raise refused("refresh")
        if not await self._revocations.use_up(claims.jti):
            await self._revocations.revoke(claims.sid)
            _log.warning("a refresh token was used twice", user=str(claims.sub))
            raise refused("refresh")
        return self._pair(claims.sub, claims.sid)

    async def end(self, session_id: UUID) -> None:
        """Have none of its tokens accepted any more. Raises `UnavailableError`."""
        await self._revocations.revoke(session_id)

    async def bearer(self, access_token: str) -> Claims:
        """Return what an access token says. Raises `BadTokenError`.

        While Redis is away nobody can tell whether its session was ended, so it raises
        `UnavailableError`.
        """
        claims = self._tokens.read(access_token, "access")
        if await self._revocations.is_revoked(claims.sid):
            raise refused("access")
        return claims

    def _pair(self, user_id: UUID, session_id: UUID) -> TokenPair:
        return TokenPair(
            access_token=self._tokens.make("access", user_id, session_id),
            refresh_token=self._tokens.make("refresh", user_id, session_id),
            expires_in=self._tokens.seconds["access"],
        )
