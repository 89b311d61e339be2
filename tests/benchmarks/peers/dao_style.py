"""In the style of a template with DAOs: async SQLAlchemy, loguru behind uvicorn's log, metrics.

It writes the server's own access log through loguru's intercept handler, has a DAO that depends on
a session for each request, and no API key or request id.
"""

import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Annotated, Any
from uuid import UUID

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.requests import Request

from tests.benchmarks.peers.database import async_engine
from tests.benchmarks.peers.minimal import UserCreate, UserRead
from tests.benchmarks.peers.orm import User

# Only the benchmarks' environment has them.
loguru: Any = import_module("loguru")
instrumentator: Any = import_module("prometheus_fastapi_instrumentator")


class InterceptHandler(logging.Handler):
    """Hands lines of the standard library to loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hand one line over, as written by whoever called the logger."""
        frame, depth = logging.currentframe(), 2
        while frame.f_back and frame.f_code.co_filename == logging.__file__:
            frame, depth = frame.f_back, depth + 1
        said = loguru.logger.opt(depth=depth, exception=record.exc_info)
        said.log(record.levelname, record.getMessage())


def configure_logging() -> None:
    """Send everything through loguru to stdout."""
    handler = InterceptHandler()
    logging.basicConfig(handlers=[handler], level=logging.NOTSET)
    for name in ("uvicorn", "uvicorn.access"):
        logging.getLogger(name).handlers = [handler]
    loguru.logger.remove()
    loguru.logger.add(sys.stdout, level="INFO")
    for noisy in ("asyncio", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One session for each request, committed when the answer was made."""
    session: AsyncSession = request.app.state.sessions()
    try:
        yield session
    finally:
        await session.commit()
        await session.close()


class UserDAO:
    """What is asked of the table."""

    def __init__(self, session: Annotated[AsyncSession, Depends(get_session)]) -> None:
        self.session = session

    async def get(self, user_id: UUID) -> User | None:
        """Find one that was not deleted."""
        asked = select(User).where(User.deleted_at.is_(None), User.id == user_id)
        return (await self.session.execute(asked)).scalars().first()

    async def create(self, values: dict[str, Any]) -> User:
        """Add one."""
        user = User(**values)
        self.session.add(user)
        await self.session.flush()
        return user


Users = Annotated[UserDAO, Depends()]
router = APIRouter()


@router.get("/{user_id}", response_model=UserRead)
async def get_user(user_id: UUID, users: Users) -> User:
    """Read one user."""
    user = await users.get(user_id)
    if user is None:
        raise HTTPException(404)
    return user


@router.post("", response_model=UserRead, status_code=201)
async def create_user(body: UserCreate, users: Users) -> User:
    """Create a user."""
    return await users.create(body.model_dump())


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the engine."""
    engine = async_engine()
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    yield
    await engine.dispose()


configure_logging()
app = FastAPI(lifespan=lifespan)
app.include_router(router, prefix="/api/v1/users")
instrumentator.Instrumentator(should_group_status_codes=False).instrument(app).expose(app)

if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ["PORT"]), log_config=None,
        loop="uvloop", http="httptools",
    )  # fmt: skip
