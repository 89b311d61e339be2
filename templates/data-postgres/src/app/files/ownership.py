"""What files know of their owners: a row of `users` that isn't deleted."""

from uuid import UUID

from sqlalchemy import column, select, table
from sqlalchemy.ext.asyncio import AsyncSession

# Only these two columns; the feature `users` itself stays unknown here.
_USERS = table("users", column("id"), column("deleted_at"))


async def hold_owner(session: AsyncSession, owner_id: UUID) -> bool:
    """Tell whether there is such an owner, and keep it from being deleted until the commit."""
    statement = (
        select(_USERS.c.id)
        .where(_USERS.c.id == owner_id, _USERS.c.deleted_at.is_(None))
        .with_for_update(read=True)
    )
    return await session.scalar(statement) is not None
