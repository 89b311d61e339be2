"""Users over HTTP: one at a time, lists, many at once, lookups, and the credentials of few."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Security, status

from app.access import CREDENTIALS_READER, Caller
from app.api import Reader, Session, api_router
from app.records import changed_values
from app.schemas import Bulk, ReadVersion, Written
from app.users.model import User
from app.users.repository import CREDENTIALS, USERS, UserRepository, has_email, matching
from app.users.schemas import (
    Credentials,
    CredentialsWrite,
    UserCreate,
    UserPatch,
    UserPatchItem,
    UserQuery,
    UserRead,
)
from shared.errors import ConflictError, ForbiddenError, NotFoundError, PayloadTooLargeError
from shared.fields import MAX_SAFE_INTEGER, Email, Page
from shared.problem import problem_responses
from shared.web import SetLocation

NOT_FOUND = problem_responses(NotFoundError)
CREATE_PROBLEMS = problem_responses(ForbiddenError, ConflictError, PayloadTooLargeError)
PATCH_PROBLEMS = problem_responses(NotFoundError, ConflictError, PayloadTooLargeError)
CREDENTIALS_PROBLEMS = problem_responses(ForbiddenError, NotFoundError)
CREDENTIALS_READERS_ONLY = [Security(CREDENTIALS_READER)]

# A request is compared with each route in turn: what is asked for most stands first.
router = api_router("users", USERS)


@router.get("/{user_id:uuid}", responses=NOT_FOUND)
async def get_user(reader: Reader, user_id: UUID) -> UserRead:
    """Read one user."""
    return await USERS.get(reader, user_id)


@router.get("")
async def list_users(reader: Reader, query: Annotated[UserQuery, Query()]) -> Page[UserRead]:
    """List users by pages: one who is there all the while is on exactly one page."""
    return await USERS.page(reader, query, *matching(query))


@router.post("", status_code=status.HTTP_201_CREATED, responses=CREATE_PROBLEMS)
async def create_user(
    set_location: SetLocation, session: Session, caller: Caller, body: UserCreate
) -> UserRead:
    """Create a user; a taken e-mail address or Telegram id is a 409 that names the field."""
    if body.password_hash is not None:
        caller.check_credentials()
    user = await UserRepository(session).add(**body.model_dump())
    set_location(user.id)
    return USERS.show(user)


@router.patch("/{user_id:uuid}", responses=PATCH_PROBLEMS)
async def update_user(session: Session, user_id: UUID, body: UserPatch) -> UserRead:
    """Change the fields that are sent, if `version` is still the user's; otherwise 409."""
    users = UserRepository(session)
    return USERS.show(await users.change(user_id, body["version"], **changed_values(body)))


@router.delete(
    "/{user_id:uuid}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problem_responses(NotFoundError, ConflictError),
)
async def delete_user(
    session: Session, user_id: UUID, version: Annotated[ReadVersion, Query()]
) -> None:
    """Delete the user: gone for every consumer, and the e-mail address is free again."""
    await UserRepository(session).delete(user_id, version)


@router.post("/bulk", status_code=status.HTTP_201_CREATED, responses=CREATE_PROBLEMS)
async def create_users(
    session: Session, caller: Caller, body: Bulk[UserCreate]
) -> Written[UserRead]:
    """Create users, all or none; a problem's `index` says which item was refused."""
    if any(new.password_hash is not None for new in body.items):
        caller.check_credentials()
    users = await UserRepository(session).add_all([each.model_dump() for each in body.items])
    return Written(items=[USERS.show(user) for user in users])


@router.patch("/bulk", responses=PATCH_PROBLEMS)
async def update_users(session: Session, body: Bulk[UserPatchItem]) -> Written[UserRead]:
    """Change users, all or none; each item names the version that was read."""
    users = await UserRepository(session).change_all(body.items)
    return Written(items=[USERS.show(user) for user in users])


@router.get("/by-email", responses=NOT_FOUND)
async def get_user_by_email(reader: Reader, email: Annotated[Email, Query()]) -> UserRead:
    """Read the user with this e-mail address, in upper or lower case."""
    return await USERS.find(reader, has_email(email))


@router.get("/by-telegram-id/{telegram_id:int}", responses=NOT_FOUND)
async def get_user_by_telegram_id(
    reader: Reader, telegram_id: Annotated[int, Path(ge=1, le=MAX_SAFE_INTEGER)]
) -> UserRead:
    """Read the user with this Telegram id."""
    return await USERS.find(reader, User.telegram_id == telegram_id)


# This service stores the hash that such a consumer made and never sees a password.


@router.get(
    "/by-email/credentials", dependencies=CREDENTIALS_READERS_ONLY, responses=CREDENTIALS_PROBLEMS
)
async def get_credentials_by_email(reader: Reader, email: Annotated[Email, Query()]) -> Credentials:
    """Read the credentials of the user with this e-mail address, to log them in."""
    return await CREDENTIALS.find(reader, has_email(email))


@router.get(
    "/{user_id:uuid}/credentials",
    dependencies=CREDENTIALS_READERS_ONLY,
    responses=CREDENTIALS_PROBLEMS,
)
async def get_credentials(reader: Reader, user_id: UUID) -> Credentials:
    """Read a user's credentials."""
    return await CREDENTIALS.get(reader, user_id)


@router.put(
    "/{user_id:uuid}/credentials",
    dependencies=CREDENTIALS_READERS_ONLY,
    responses={**CREDENTIALS_PROBLEMS, **problem_responses(ConflictError)},
)
async def set_credentials(session: Session, user_id: UUID, body: CredentialsWrite) -> UserRead:
    """Store a new password hash, if `version` is still the user's; otherwise 409."""
    users = UserRepository(session)
    if body.rehash:
        return USERS.show(await users.rehash(user_id, body.version, body.password_hash))
    changed = await users.change(user_id, body.version, password_hash=body.password_hash)
    return USERS.show(changed)
