"""Only tokens of this service are accepted."""

from time import time
from typing import Any
from uuid import uuid4

import jwt
import pytest
from httpx2 import AsyncClient
from pydantic import SecretStr

from app.auth import tokens as tokens_module
from app.auth.errors import BadTokenError
from app.auth.settings import AuthSettings
from app.auth.tokens import LEEWAY_SECONDS, Tokens
from app.features import Settings
from tests.auth.examples import AUTH, bearing

OTHER_SECRET = "o" * 32
NOW = int(time())


@pytest.fixture
def tokens(settings: Settings) -> Tokens:
    return Tokens(settings)


def claims(**changes: object) -> dict[str, Any]:
    """Return the claims of a good access token, changed; None leaves a claim out."""
    now = int(time())
    plain = {"iss": "tested", "aud": "tested", "typ": "access", "iat": now, "exp": now + 60}
    ids = {name: str(uuid4()) for name in ("sub", "sid", "jti")}
    return {name: value for name, value in (plain | ids | changes).items() if value is not None}


def signed(settings: AuthSettings, **changes: object) -> str:
    """Return a token that is signed as ours are."""
    return jwt.encode(claims(**changes), settings.jwt_secret.get_secret_value(), "HS256")


def test_a_token_says_what_it_was_made_of(tokens: Tokens) -> None:
    user_id, session_id = uuid4(), uuid4()
    read = tokens.read(tokens.make("access", user_id, session_id, (NOW, NOW + 600)), "access")
    assert (read.sub, read.sid, read.exp - read.iat) == (user_id, session_id, 600)


def test_a_token_that_was_accepted_before_expires_all_the_same(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tokens.make("access", uuid4(), uuid4(), (NOW, NOW + 600))
    tokens.read(token, "access")
    monkeypatch.setattr(tokens_module, "time", lambda: NOW + 600 + LEEWAY_SECONDS)
    with pytest.raises(BadTokenError):
        tokens.read(token, "access")


def test_what_is_signed_by_the_rules_is_accepted(tokens: Tokens, settings: Settings) -> None:
    assert tokens.read(signed(settings), "access").typ == "access"


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": int(time()) - 60},
        {"exp": "soon"},
        {"iat": int(time()) + 600},
        {"aud": "another-api"},
        {"aud": ["tested", "another-api"]},
        {"iss": "another-api"},
        {"typ": "refresh"},
        {"typ": "other"},
        {"sub": "ada"},
        *({name: None} for name in ("iss", "aud", "sub", "sid", "jti", "typ", "iat", "exp")),
    ],
    ids=str,
)
def test_a_token_that_says_something_else_is_refused(
    tokens: Tokens, settings: Settings, changes: dict[str, object]
) -> None:
    with pytest.raises(BadTokenError):
        tokens.read(signed(settings, **changes), "access")


def test_a_token_of_another_kind_is_refused(tokens: Tokens) -> None:
    with pytest.raises(BadTokenError):
        tokens.read(tokens.make("access", uuid4(), uuid4(), (NOW, NOW + 600)), "refresh")


@pytest.mark.parametrize("algorithm", ["none", "HS512"])
def test_another_algorithm_is_refused(tokens: Tokens, settings: Settings, algorithm: str) -> None:
    secret = None if algorithm == "none" else settings.jwt_secret.get_secret_value() * 2
    with pytest.raises(BadTokenError):
        tokens.read(jwt.encode(claims(), secret, algorithm), "access")


def test_a_new_secret_logs_nobody_out_while_the_one_before_is_named(settings: Settings) -> None:
    old = Tokens(settings).make("refresh", uuid4(), uuid4(), (NOW, NOW + 600))
    both = settings.model_copy(
        update={"jwt_secret": SecretStr(OTHER_SECRET), "jwt_previous_secret": settings.jwt_secret}
    )
    assert Tokens(both).read(old, "refresh").typ == "refresh"
    new = Tokens(both).make("refresh", uuid4(), uuid4(), (NOW, NOW + 600))
    for one in (settings, both.model_copy(update={"jwt_previous_secret": None})):
        wrong = new if one is settings else old
        with pytest.raises(BadTokenError):
            Tokens(one).read(wrong, "refresh")
    expired = signed(settings, exp=NOW - 60)
    with pytest.raises(BadTokenError):
        Tokens(both).read(expired, "access")


async def test_whatever_is_wrong_with_a_token_the_answer_is_the_same(
    api: AsyncClient, settings: Settings
) -> None:
    forged = jwt.encode(claims(), OTHER_SECRET, "HS256")
    expired = signed(settings, exp=int(time()) - 60)
    unsigned = jwt.encode(claims(), None, "none")
    wrong = [forged, expired, unsigned, signed(settings, aud="x"), "a.b.c", "x", "\xff"]
    headers = [{}, {"Authorization": "Basic YTpi"}, *(bearing(token) for token in wrong)]
    for each in headers:
        raw = [(name.encode(), value.encode()) for name, value in each.items()]
        response = await api.post(f"{AUTH}/logout", headers=raw)
        assert response.status_code == 401, each
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert response.json()["code"] == "bad-token"
        assert response.json()["detail"] == "The access token is missing, expired or not valid."
