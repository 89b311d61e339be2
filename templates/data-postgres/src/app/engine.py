"""How this process connects to PostgreSQL."""

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.pool import replace_closed
from app.settings import DatabaseSettings

CONNECT_SECONDS = 5


def new_engine(settings: DatabaseSettings) -> AsyncEngine:
    """Return an engine that has not connected yet."""
    timeout = settings.database_statement_timeout_ms
    engine = create_async_engine(
        settings.sqlalchemy_url,
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_pool_overflow,
        pool_timeout=settings.database_pool_timeout_seconds,
        hide_parameters=True,  # values stay out of logs and tracebacks
        connect_args={
            "timeout": CONNECT_SECONDS,
            # The driver's own limit, for a server that has stopped answering altogether.
            "command_timeout": timeout / 1000 + CONNECT_SECONDS,
            "server_settings": {
                "application_name": settings.service_name,
                "statement_timeout": str(timeout),
                "idle_in_transaction_session_timeout": str(2 * timeout),
                # A plan made for any parameter can't use an index for LIKE 'prefix%'.
                "plan_cache_mode": "force_custom_plan",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", replace_closed)
    return engine
