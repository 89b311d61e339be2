"""The peers' engines: the same database, pool and session settings as the data service."""

import json
import os

from sqlalchemy import Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_POOL = int(os.environ.get("DATABASE_POOL_SIZE", "5"))


def async_engine() -> AsyncEngine:
    """The engine with asyncpg."""
    return create_async_engine(
        _url("asyncpg"),
        pool_size=_POOL,
        max_overflow=0,
        connect_args={"server_settings": json.loads(os.environ["SESSION_SETTINGS"])},
    )


def sync_engine() -> Engine:
    """The engine with psycopg."""
    settings = json.loads(os.environ["SESSION_SETTINGS"])
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return create_engine(
        _url("psycopg"), pool_size=_POOL, max_overflow=0, connect_args={"options": options}
    )


def _url(driver: str) -> str:
    return os.environ["DATABASE_URL"].replace("postgresql://", f"postgresql+{driver}://")
