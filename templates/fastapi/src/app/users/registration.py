"""Registration without a password: whoever calls this API vouches for its users."""

from typing import Annotated

from fastapi import Depends, status
from pydantic import BaseModel, ConfigDict

from app.access import administrator
from app.changes import Changes
from app.data_service import DataService
from app.fields import Email, Name
from app.idempotency import Once
from app.people import USERS, User
from app.routing import api_router
from shared.errors import ConflictError, PayloadTooLargeError
from shared.problem import problem_responses
from shared.web import Feature, resource

UserChanges = Annotated[Changes, Depends(resource(Changes))]

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
async def register_user(
    data_service: DataService, changes: UserChanges, once: Once, body: NewUser
) -> User:
    """Register a user; a taken e-mail address is a 409 that names the field."""

    async def make() -> User:
        return await data_service.post(USERS, json=body, into=User)

    return await once(body, lambda: changes.add(body.email, make), into=User)


feature = Feature(name="registration", routers=(router,))
