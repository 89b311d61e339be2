"""Who waits for whom in the database."""

from sqlalchemy import text

from app.database import Database
from shared.testing import wait_until

_WAITING = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database()
""")


async def wait_for_a_waiter(database: Database) -> None:
    """Return when somebody waits for a lock in this database."""

    async def somebody_waits() -> bool:
        async with database.transaction() as session:
            return bool(await session.scalar(_WAITING))

    await wait_until(somebody_waits, what="waiting for a lock")
