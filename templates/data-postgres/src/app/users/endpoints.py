"""One user at a time, and lists of them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, status

from app.access import Caller, api_router
from app.bulk import changes
from app.database import Session
from app.fields import ReadVersion
from app.users.model import User
from app.users.repository import UserRepository
from app.users.schemas import UserCreate, UserPatch, UserQuery, UserRead
from shared.errors import ConflictError, ForbiddenError, NotFoundError, PayloadTooLargeError
from shared.pagination import Page
from shared.problem import problem_responses

CREATE_PROBLEMS = problem_responses(ForbiddenError, ConflictError, PayloadTooLargeError)
PATCH_PROBLEMS = problem_responses(NotFoundError, ConflictError, PayloadTooLargeError)

router = api_router("users")


@router.get("")
async def list_users(session: Session, query: Annotated[UserQuery, Query()]) -> Page[UserRead]:
    """List users by pages: one who is there all the while is on exactly one page."""
    repository = UserRepository(session)
    page = await repository.page(query, *repository.matching(query))
    return Page[UserRead].model_validate(page, from_attributes=True)


@router.post("", status_code=status.HTTP_201_CREATED, responses=CREATE_PROBLEMS)
async def create_user(session: Session, caller: Caller, body: UserCreate) -> UserRead:
    """Create a user; a taken e-mail address or Telegram id is a 409 that names the field."""
    if body.password_hash is not None:
        caller.check_credentials()
    user = await UserRepository(session).add(User(**body.model_dump()))
    return UserRead.model_validate(user)


@router.get("/{user_id:uuid}", responses=problem_responses(NotFoundError))
async def get_user(session: Session, user_id: UUID) -> UserRead:
    """Read one user."""
    return UserRead.model_validate(await UserRepository(session).get(user_id))


@router.patch("/{user_id:uuid}", responses=PATCH_PROBLEMS)
async def update_user(session: Session, user_id: UUID, body: UserPatch) -> UserRead:
    """Change the fields that are sent, if `version` is still the user's; otherwise 409."""
    repository = UserRepository(session)
    user = await repository.change(user_id, body["version"], **changes(body))
    return UserRead.model_validate(user)


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
