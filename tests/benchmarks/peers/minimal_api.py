"""The least that logs in and reads a user by way of another process: FastAPI, httpx2 and Redis.

What makes it a fair peer of the business API:

* it asks `minimal.py`, a process of its own in front of PostgreSQL, as ours asks the data service;
* the same answers, read and written by Pydantic, from the cache too;
* it checks the same passwords with the same Argon2id, in as many threads;
* it signs two tokens for a login and checks one for a read, with the same library;
* the same client of Redis, and the same server: uvicorn with uvloop and httptools, one worker.

What it leaves out, and what its users would have to add: ending a session before its time, limits
on attempts to log in, retries and time-outs, one load for many callers, serving without Redis, a
key for the data service, admins, and everything that `minimal.py` leaves out.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from importlib import import_module
from time import time
from typing import Annotated, Any
from uuid import UUID

import httpx2
import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

# Installed for benchmarks only, so that nothing else has to know their types.
argon2: Any = import_module("argon2")
jwt: Any = import_module("jwt")
redis: Any = import_module("redis.asyncio")

_SECRET = os.environ["JWT_SECRET"]
_AUDIENCE = "minimal"
_SECONDS = int(os.environ["ACCESS_TOKEN_SECONDS"])
_USERS = "/api/v1/users"


class User(BaseModel):
    """A user as it is answered."""

    id: UUID
    name: str
    email: str | None
    email_verified_at: datetime | None
    role: str
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


class Login(BaseModel):
    """Somebody who logs in."""

    email: str
    password: str


class TokenPair(BaseModel):
    """What a login gives."""

    access_token: str
    refresh_token: str
    token_type: str = "bearer"
    expires_in: int


class Credentials(BaseModel):
    """What the other process has to log a user in with."""

    id: UUID
    is_active: bool
    version: int
    password_hash: str | None


@asynccontextmanager
async def _lifespan(served: FastAPI) -> AsyncIterator[None]:
    store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
    with ThreadPoolExecutor(int(os.environ["PASSWORD_THREADS"])) as threads:
        async with httpx2.AsyncClient(base_url=os.environ["DATA_SERVICE_URL"]) as data, store:
            served.state.store, served.state.data, served.state.threads = store, data, threads
            yield


app = FastAPI(lifespan=_lifespan)


# `async` although it waits for nothing: FastAPI would hand it to a thread otherwise.
async def caller(bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> UUID:
    """Who is asking."""
    try:
        claims = jwt.decode(bearer.credentials, _SECRET, algorithms=["HS256"], audience=_AUDIENCE)
    except jwt.InvalidTokenError:
        raise HTTPException(401) from None
    return UUID(claims["sub"])


Caller = Annotated[UUID, Depends(caller)]


@app.get("/ready")
async def ready() -> dict[str, str]:
    """Say that everything is open."""
    return {"status": "ok"}


@app.get("/api/v1/users/me")
async def get_me(user_id: Caller) -> User:
    """Read the user who is asking from the other process."""
    return await _load(user_id)


@app.get("/api/v1/users/{user_id}")
async def get_user(user_id: UUID, asking: Caller) -> User:
    """Read a user from the cache, or from the other process and then keep them."""
    if user_id != asking:
        raise HTTPException(403)
    key = f"{os.environ['REDIS_PREFIX']}user:{user_id}"
    kept = await app.state.store.get(key)
    if kept is not None:
        return User.model_validate_json(kept)
    user = await _load(user_id)
    await app.state.store.set(key, user.model_dump_json(), ex=int(os.environ["CACHE_TTL_SECONDS"]))
    return user


@app.post("/api/v1/auth/login")
async def log_in(body: Login) -> TokenPair:
    """Begin a session."""
    response = await app.state.data.get(
        f"{_USERS}/by-email/credentials", params={"email": body.email}
    )
    if not response.is_success:
        raise HTTPException(401)
    known = Credentials.model_validate_json(response.content)
    if not known.is_active or known.password_hash is None:
        raise HTTPException(401)
    loop = asyncio.get_running_loop()
    right = loop.run_in_executor(app.state.threads, _is_right, known.password_hash, body.password)
    if not await right:
        raise HTTPException(401)
    return TokenPair(
        access_token=_token(known.id), refresh_token=_token(known.id), expires_in=_SECONDS
    )


async def _load(user_id: UUID) -> User:
    response = await app.state.data.get(f"{_USERS}/{user_id}")
    if not response.is_success:
        raise HTTPException(response.status_code)
    return User.model_validate_json(response.content)


def _is_right(password_hash: str, password: str) -> bool:
    try:
        # The parameters are in the hash.
        return bool(argon2.PasswordHasher().verify(password_hash, password))
    except argon2.exceptions.VerifyMismatchError:
        return False


def _token(user_id: UUID) -> str:
    claims = {"sub": str(user_id), "aud": _AUDIENCE, "exp": int(time()) + _SECONDS}
    return str(jwt.encode(claims, _SECRET, "HS256"))


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ["PORT"]), log_config=None, access_log=False,
        server_header=False, loop="uvloop", http="httptools",
    )  # fmt: skip
