"""Many users at once: all or none."""

from fastapi import status

from app.access import Caller, api_router
from app.bulk import Bulk, Written, add_all, change_all
from app.database import Session
from app.users.endpoints import CREATE_PROBLEMS, PATCH_PROBLEMS
from app.users.model import User
from app.users.repository import UserRepository
from app.users.schemas import UserCreate, UserPatchItem, UserRead

router = api_router("users")


@router.post("/bulk", status_code=status.HTTP_201_CREATED, responses=CREATE_PROBLEMS)
async def create_users(
    session: Session, caller: Caller, body: Bulk[UserCreate]
) -> Written[UserRead]:
    """Create users, all or none; a problem's `index` says which item was refused."""
    if any(new.password_hash is not None for new in body.items):
        caller.check_credentials()
    new = [User(**each.model_dump()) for each in body.items]
    users = await add_all(UserRepository(session), new)
    return Written(items=[UserRead.model_validate(user) for user in users])


@router.patch("/bulk", responses=PATCH_PROBLEMS)
async def update_users(session: Session, body: Bulk[UserPatchItem]) -> Written[UserRead]:
    """Change users, all or none; each item names the version that was read."""
    users = await change_all(UserRepository(session), body.items)
    return Written(items=[UserRead.model_validate(user) for user in users])
