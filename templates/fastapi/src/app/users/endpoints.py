"""Users one at a time, and lists of them."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from app.access import administrator, owner_or_administrator
from app.idempotency import Idempotent
from app.routing import api_router
from app.user_gateway import User, UserGateway, UserUpdate
from app.users.schemas import Deactivation, UserQuery
from shared.errors import ConflictError, NotFoundError, PayloadTooLargeError
from shared.pagination import Page
from shared.problem import problem_responses
from shared.web import resource

CHANGE_PROBLEMS = problem_responses(NotFoundError, ConflictError, PayloadTooLargeError)

Users = Annotated[UserGateway, Depends(resource(UserGateway))]

router = api_router("users")


@router.get("", dependencies=[Depends(administrator)])
async def list_users(users: Users, query: Annotated[UserQuery, Query()]) -> Page[User]:
    """List users by pages: one who is there all the while is on exactly one page."""
    return await users.page(query)


@router.get(
    "/{user_id:uuid}",
    dependencies=[Depends(owner_or_administrator)],
    responses=problem_responses(NotFoundError),
)
async def get_user(users: Users, user_id: UUID) -> User:
    """Read one user."""
    return await users.get(user_id)


@router.patch(
    "/{user_id:uuid}",
    dependencies=[Depends(owner_or_administrator)],
    responses=CHANGE_PROBLEMS,
)
async def update_user(
    users: Users, idempotent: Idempotent, user_id: UUID, body: UserUpdate
) -> User:
    """Change the fields that are sent, if `version` is still the user's; otherwise 409."""
    return await idempotent(body, lambda key: users.update(user_id, body, key), into=User)


@router.post(
    "/{user_id:uuid}/deactivate",
    dependencies=[Depends(owner_or_administrator)],
    responses=CHANGE_PROBLEMS,
)
async def deactivate_user(
    users: Users, idempotent: Idempotent, user_id: UUID, body: Deactivation
) -> User:
    """Take the user out of use, if `version` is still the user's; otherwise 409.

    A user who is already out of use stays as they are.
    """
    return await idempotent(
        body, lambda key: users.deactivate(user_id, body.version, key), into=User
    )
