"""The parts that most people would take: ORM, instrumentator, structlog, correlation id, API key.

FastAPI with an async SQLAlchemy session for each request and a log line for each, in JSON. The line
is written by `@app.middleware("http")`, as most examples do; with ASGI_LOG=1 by a plain ASGI
middleware, which is what a careful author would write.
"""

import os
import secrets
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from importlib import import_module
from typing import Annotated, Any
from uuid import UUID

import structlog
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request, Response, Security
from fastapi.security import APIKeyHeader
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.benchmarks.peers.database import async_engine
from tests.benchmarks.peers.minimal import UserCreate, UserRead
from tests.benchmarks.peers.orm import User

# Only the benchmarks' environment has them.
correlation: Any = import_module("asgi_correlation_id")
instrumentator: Any = import_module("prometheus_fastapi_instrumentator")

KEYS = {
    key: name
    for name, _, key in (pair.partition("=") for pair in os.environ["API_KEYS"].split(","))
}
sessions = async_sessionmaker(async_engine(), expire_on_commit=False)


def add_id(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the request's id into its lines."""
    event["request_id"] = correlation.correlation_id.get()
    return event


structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        add_id,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(),
    ],
    logger_factory=structlog.PrintLoggerFactory(sys.stdout),
    cache_logger_on_first_use=True,
)
log = structlog.get_logger("access")


async def caller(
    key: Annotated[str | None, Security(APIKeyHeader(name="X-API-Key", auto_error=False))],
) -> str:
    """Say who calls."""
    for known, name in KEYS.items():
        if secrets.compare_digest(known, key or ""):
            return name
    raise HTTPException(401)


async def session() -> AsyncIterator[AsyncSession]:
    """One transaction for each request."""
    async with sessions.begin() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(session, scope="function")]
app = FastAPI(dependencies=[Depends(caller)])


def write_line(method: str, path: str, status: int, started: float) -> None:
    """Write the request's line."""
    duration = round((time.perf_counter() - started) * 1000, 2)
    log.info("request", method=method, path=path, status=status, duration_ms=duration)


class LogRequests:
    """The log as a plain ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        structlog.contextvars.clear_contextvars()
        started, status = time.perf_counter(), 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, sent)
        finally:
            write_line(scope["method"], scope["path"], status, started)


async def log_request(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    """The log as the framework's decorator makes it."""
    structlog.contextvars.clear_contextvars()
    started = time.perf_counter()
    response = await call_next(request)
    write_line(request.method, request.url.path, response.status_code, started)
    return response


if os.environ.get("ASGI_LOG") == "1":
    app.add_middleware(LogRequests)
else:
    app.middleware("http")(log_request)
app.add_middleware(correlation.CorrelationIdMiddleware)
instrumentator.Instrumentator(should_group_status_codes=False).instrument(app).expose(app)


@app.get("/api/v1/users/{user_id}")
async def get_user(session: Session, user_id: UUID) -> UserRead:
    """Read one user."""
    user = await session.scalar(select(User).where(User.deleted_at.is_(None), User.id == user_id))
    if user is None:
        raise HTTPException(404)
    return UserRead.model_validate(user, from_attributes=True)


@app.post("/api/v1/users", status_code=201)
async def create_user(session: Session, body: UserCreate) -> UserRead:
    """Create a user."""
    user = User(**body.model_dump())
    session.add(user)
    await session.flush()
    return UserRead.model_validate(user, from_attributes=True)


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ["PORT"]), log_config=None, access_log=False,
        server_header=False, loop="uvloop", http="httptools",
    )  # fmt: skip
