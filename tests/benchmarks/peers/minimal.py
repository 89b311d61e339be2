"""The least that reads and creates a user over HTTP: FastAPI, asyncpg and nothing else.

What makes it a fair peer of the data service:

* the same statements on the same table, sent by the same driver, with the same pool size and the
  same settings of each database session;
* the same JSON in and out, checked and written by Pydantic;
* the same server: uvicorn with uvloop and httptools, one worker, no access log of its own.

What it leaves out, and what its users would have to add: API keys, problem details, request ids,
log lines, metrics, readiness, a limit on bodies, transactions of more than one statement, and what
happens when the database has been restarted. The ratio is the price of all those.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID

import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

# It comes without types.
asyncpg: Any = import_module("asyncpg")

_READ = (
    "SELECT id, email, email_verified_at, telegram_id, name, role, is_active, created_at,"
    " updated_at, version FROM users WHERE deleted_at IS NULL AND id = $1"
)
_CREDENTIALS = (
    "SELECT id, email, is_active, version, password_hash"
    " FROM users WHERE deleted_at IS NULL AND lower(email) = lower($1)"
)
_CREATE = (
    "INSERT INTO users (email, email_verified_at, telegram_id, name, role, is_active,"
    " password_hash, deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)"
    " RETURNING id, created_at, updated_at, version"
)


class UserCreate(BaseModel):
    """A new user."""

    name: str
    email: str | None = None
    email_verified_at: datetime | None = None
    telegram_id: int | None = None
    role: str = "user"
    is_active: bool = True
    password_hash: str | None = None


class UserRead(BaseModel):
    """A user as it is answered."""

    id: UUID
    name: str
    email: str | None
    email_verified_at: datetime | None
    telegram_id: int | None
    role: str
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


class Credentials(BaseModel):
    """What it takes to log a user in."""

    id: UUID
    email: str | None
    is_active: bool
    version: int
    password_hash: str | None


@asynccontextmanager
async def _lifespan(served: FastAPI) -> AsyncIterator[None]:
    size = int(os.environ["DATABASE_POOL_SIZE"])
    async with asyncpg.create_pool(
        os.environ["DATABASE_URL"],
        min_size=size,
        max_size=size,
        server_settings=json.loads(os.environ["SESSION_SETTINGS"]),
    ) as pool:
        served.state.pool = pool
        yield


app = FastAPI(lifespan=_lifespan)


@app.get("/api/v1/users/{user_id}")
async def get_user(user_id: UUID) -> UserRead:
    """Read one user."""
    row = await app.state.pool.fetchrow(_READ, user_id)
    if row is None:
        raise HTTPException(404)
    return UserRead(**row)


@app.get("/api/v1/users/by-email/credentials")
async def get_credentials(email: str) -> Credentials:
    """Read what it takes to log a user in."""
    row = await app.state.pool.fetchrow(_CREDENTIALS, email)
    if row is None:
        raise HTTPException(404)
    return Credentials(**row)


@app.post("/api/v1/users", status_code=201)
async def create_user(body: UserCreate) -> UserRead:
    """Create a user."""
    given: dict[str, Any] = body.model_dump()
    row = await app.state.pool.fetchrow(
        _CREATE, body.email, body.email_verified_at, body.telegram_id, body.name, body.role,
        body.is_active, body.password_hash,
    )  # fmt: skip
    return UserRead(**given, **row)


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ["PORT"]), log_config=None, access_log=False,
        server_header=False, loop="uvloop", http="httptools",
    )  # fmt: skip
