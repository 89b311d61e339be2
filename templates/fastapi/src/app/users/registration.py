"""Registration without a password: whoever calls this API vouches for its users."""

from typing import Annotated

from fastapi import Depends, status
from pydantic import BaseModel, ConfigDict

from app.access import administrator
from app.idempotency import Idempotent
from app.routing import api_router
from app.user_gateway import User, UserGateway
from shared.errors import ConflictError, PayloadTooLargeError
from shared.fields import Email, Name
from shared.problem import problem_responses
from shared.web import Feature, resource

Users = Annotated[UserGateway, Depends(resource(UserGateway))]

router = api_router("users")


class NewUser(BaseModel):
    """A user who registers; active, and no admin."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    email: Email


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(administrator)],
    responses=problem_responses(ConflictError, PayloadTooLargeError),
)
async def register_user(users: Users, idempotent: Idempotent, body: NewUser) -> User:
    """Register a user; a taken e-mail address is a 409 that names the field."""
    return await idempotent(body, lambda key: users.add(body.model_dump(), key), into=User)


feature = Feature(name="registration", routers=(router,))
