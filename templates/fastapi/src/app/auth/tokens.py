"""Makes and reads JSON Web Tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import time
from typing import Literal
from uuid import UUID, uuid4

import jwt
from pydantic import BaseModel, ValidationError

from app.auth.errors import BadTokenError
from app.auth.settings import AuthSettings
from shared.lifecycle import Resource, Resources

ALGORITHM = "HS256"
LEEWAY_SECONDS = 5

Kind = Literal["access", "refresh"]


class Claims(BaseModel):
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
        self._secret = settings.jwt_secret.get_secret_value()
        self._name = settings.service_name
        self.seconds: dict[Kind, int] = {
            "access": settings.access_token_seconds,
            "refresh": settings.refresh_token_seconds,
        }

    def make(self, kind: Kind, user_id: UUID, session_id: UUID) -> str:
        """Return a new token."""
        now = int(time())
        claims = Claims(
            iss=self._name,
            aud=self._name,
            sub=user_id,
            sid=session_id,
            jti=uuid4(),
            typ=kind,
            iat=now,
            exp=now + self.seconds[kind],
        )
        return jwt.encode(claims.model_dump(mode="json"), self._secret, ALGORITHM)

    def read(self, token: str, kind: Kind) -> Claims:
        """Return what a token of this kind says. Raises `BadTokenError` for any other one."""
        try:
            decoded = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                audience=self._name,
                issuer=self._name,
                leeway=LEEWAY_SECONDS,
                options={"require": list(Claims.model_fields)},
            )
            claims = Claims.model_validate(decoded)
        except (jwt.InvalidTokenError, ValidationError):
            raise refused(kind) from None
        if claims.typ != kind:
            raise refused(kind)
        return claims


def refused(kind: Kind) -> BadTokenError:
    """Return the error for every token that isn't accepted; why is not the bearer's business."""
    return BadTokenError(f"The {kind} token is missing, expired or not valid.")


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Tokens]:
    """Read the secret from the settings."""
    yield Tokens(resources.get(AuthSettings))


TOKENS = Resource(provides=Tokens, open=opened, requires=(AuthSettings,))
