"""The SQL of the outbox; it takes a session and never commits."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.outbox.model import Pending

# The rows stay locked while the broker is asked; this is longer than anybody waits for it.
_PATIENCE = text("SET LOCAL idle_in_transaction_session_timeout = '60s'")


class Outbox:
    """Reads and removes events that are to be sent."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take(self, limit: int) -> Sequence[Pending]:
        """Return events that nobody else has taken, until the transaction ends.

        Of each aggregate it is the oldest one: what follows it is taken once that one is gone.
        """
        await self._session.execute(_PATIENCE)
        before = aliased(Pending)
        follows = exists().where(before.aggregate == Pending.aggregate, before.id < Pending.id)
        statement = (
            select(Pending)
            .where(~follows)
            .order_by(Pending.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=Pending)
        )
        return (await self._session.scalars(statement)).all()

    async def remove(self, ids: Sequence[int]) -> None:
        """Remove events that the broker has."""
        await self._session.execute(delete(Pending).where(Pending.id.in_(ids)))

    async def backlog(self) -> tuple[int, timedelta]:
        """Return how many events wait, and for how long the oldest one has waited."""
        age = func.clock_timestamp() - func.min(Pending.created_at)
        count, waited = (await self._session.execute(select(func.count(), age))).one()
        return count, waited or timedelta()
