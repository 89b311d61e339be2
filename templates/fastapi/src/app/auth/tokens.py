"""Makes and reads JSON Web Tokens."""

from functools import lru_cache
from time import time
from typing import Literal
from uuid import UUID, uuid4

import jwt
from pydantic import BaseModel, ValidationError

from app.auth.errors import BadTokenError
from app.auth.settings import AuthSettings
from shared.lifecycle import Resource

ALGORITHM = "HS256"
LEEWAY_SECONDS = 5
# A token comes with every request for some minutes; its signature is checked at the first of them.
REMEMBERED_TOKENS = 1000

Kind = Literal["access", "refresh"]


class TokenClaims(BaseModel):
    """What a token says; `sid` is the session, which all tokens since one login share."""

    iss: str
    aud: str
    sub: UUID
    sid: UUID
    jti: UUID
    typ: Kind
    iat: int
    exp: int


class Tokens:
    """Signs tokens for this service and accepts no others."""

    def __init__(self, settings: AuthSettings) -> None:
        previous = settings.jwt_previous_secret
        self._secret = settings.jwt_secret.get_secret_value()
        self._accepted = (self._secret, *([previous.get_secret_value()] if previous else []))
        self._name = settings.service_name
        self._verified = lru_cache(REMEMBERED_TOKENS)(self._decoded)

    def make(
        self,
        kind: Kind,
        user_id: UUID,
        session_id: UUID,
        times: tuple[int, int],
        token_id: UUID | None = None,
    ) -> str:
        """Return a token, issued and expiring at these times; of the same id it is the same."""
        issued, expires = times
        claims = TokenClaims(
            iss=self._name,
            aud=self._name,
            sub=user_id,
            sid=session_id,
            jti=token_id or uuid4(),
            typ=kind,
            iat=issued,
            exp=expires,
        )
        return jwt.encode(claims.model_dump(mode="json"), self._secret, ALGORITHM)

    def read(self, token: str, kind: Kind) -> TokenClaims:
        """Return what a token of this kind says. Raises `BadTokenError` for any other one."""
        for secret in self._accepted:
            try:
                claims = self._verified(token, secret)
            except jwt.InvalidSignatureError:
                continue
            except (jwt.InvalidTokenError, ValidationError):
                break
            # Asked again: a token that is remembered expires like any other.
            if claims.typ == kind and claims.exp > time() - LEEWAY_SECONDS:
                return claims
            break
        raise refused(kind)

    def _decoded(self, token: str, secret: str) -> TokenClaims:
        decoded = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            audience=self._name,
            issuer=self._name,
            leeway=LEEWAY_SECONDS,
            options={"require": list(TokenClaims.model_fields)},
        )
        return TokenClaims.model_validate(decoded)


def refused(kind: Kind) -> BadTokenError:
    """Return the error for every token that isn't accepted; why is not the bearer's business."""
    return BadTokenError(f"The {kind} token is missing, expired or not valid.")


TOKENS = Resource(
    provides=Tokens,
    factory=lambda resources: Tokens(resources.get(AuthSettings)),
    requires=(AuthSettings,),
)
