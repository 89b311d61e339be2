"""Users one at a time, and lists of them."""

from typing import Annotated
from uuid import UUID

from fastapi import BackgroundTasks, Depends, Query

from app.access import Access, OwnerOrAdministrator, administrator, owner_or_administrator
from app.idempotency import Idempotent
from app.routing import api_router
from app.user_gateway import User, UserGateway, UserUpdate
from app.users.schemas import UserQuery, UserVersion
from shared.errors import ConflictError, NotFoundError, PayloadTooLargeError
from shared.fields import Page
from shared.problem import problem_responses
from shared.web import instance, resource

CHANGE_PROBLEMS = problem_responses(NotFoundError, ConflictError, PayloadTooLargeError)

Users = Annotated[UserGateway, Depends(resource(UserGateway))]

router = api_router("users")


class Ending:
    """What comes with the end of a user's access."""

    def __init__(
        self,
        access: Annotated[Access, Depends(resource(Access))],
        background: BackgroundTasks,
    ) -> None:
        self._access, self._background = access, background

    async def end(self, user: User) -> None:
        """End all sessions, and tell the user after the answer. Raises `UnavailableError`."""
        await self._access.end_sessions(user.id)
        self._background.add_task(self._access.notify_deactivated, user.id, user.version)


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


@router.patch("/{user_id:uuid}", responses=CHANGE_PROBLEMS)
async def update_user(
    users: Users,
    idempotent: Idempotent,
    principal: OwnerOrAdministrator,
    user_id: UUID,
    body: UserUpdate,
) -> User:
    """Change the fields that are sent, if `version` is still the user's; otherwise 409.

    The e-mail address is changed here by administrators only.
    """
    if "email" in body:
        await principal.check_administrator()
    return await idempotent(body, lambda key: users.update(user_id, body, key), into=User)


@router.post(
    "/{user_id:uuid}/deactivate",
    dependencies=[Depends(owner_or_administrator)],
    responses=CHANGE_PROBLEMS,
)
async def deactivate_user(
    users: Users,
    idempotent: Idempotent,
    ending: Annotated[Ending, Depends(instance(Ending))],
    user_id: UUID,
    body: UserVersion,
) -> User:
    """Take the user out of use, if `version` is still the user's; otherwise 409.

    All their sessions end. A user who is already out of use stays as they are.
    """
    user = await idempotent(
        body, lambda key: users.deactivate(user_id, body.version, key), into=User
    )
    await ending.end(user)
    return user


@router.post(
    "/{user_id:uuid}/activate",
    dependencies=[Depends(administrator)],
    responses=CHANGE_PROBLEMS,
)
async def activate_user(
    users: Users, idempotent: Idempotent, user_id: UUID, body: UserVersion
) -> User:
    """Take the user into use again, if `version` is still the user's; otherwise 409."""
    changes = {"version": body.version, "is_active": True}
    return await idempotent(body, lambda key: users.update(user_id, changes, key), into=User)
