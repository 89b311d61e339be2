"""Registration without a password: whoever calls this API vouches for its users."""

from fastapi import status

from app.idempotency import Once
from app.people import User
from app.routing import api_router
from app.users.endpoints import UsersService
from app.users.schemas import NewUser
from shared.errors import ConflictError, PayloadTooLargeError
from shared.problem import problem_responses
from shared.web import Feature

router = api_router("users")


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problem_responses(ConflictError, PayloadTooLargeError),
)
async def register_user(users: UsersService, once: Once, body: NewUser) -> User:
    """Register a user; a taken e-mail address is a 409 that names the field."""
    return await once(body, lambda: users.register(body), into=User)


feature = Feature(name="registration", routers=(router,))
