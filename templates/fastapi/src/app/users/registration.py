"""Registration without a password: whoever calls this API vouches for its users."""

from typing import Annotated

from fastapi import Depends, status

from app.access import administrator
from app.idempotency import Idempotent
from app.routing import api_router
from app.user_gateway import NewUser, User, UserGateway
from shared.errors import ConflictError, PayloadTooLargeError
from shared.problem import problem_responses
from shared.web import Feature, SetLocation, resource

Users = Annotated[UserGateway, Depends(resource(UserGateway))]

router = api_router("users")


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(administrator)],
    responses=problem_responses(ConflictError, PayloadTooLargeError),
)
async def register_user(
    set_location: SetLocation, users: Users, idempotent: Idempotent, body: NewUser
) -> User:
    """Register a user, active and no administrator.

    A taken e-mail address is a 409 that names the field.
    """
    user = await idempotent(body, lambda key: users.add(body.model_dump(), key), into=User)
    set_location(user.id)
    return user


feature = Feature(name="registration", routers=(router,))
