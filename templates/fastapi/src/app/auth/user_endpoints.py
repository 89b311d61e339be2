"""Registration with a password, and the user who is asking."""

from fastapi import Depends, status

from app.access import SignedIn, anyone
from app.auth.access import AccountService
from app.auth.schemas import NewAccount
from app.auth.tokens import refused
from app.idempotency import Idempotent
from app.routing import api_router
from app.user_gateway import User
from shared.errors import ConflictError, PayloadTooLargeError
from shared.problem import problem_responses
from shared.web import SetLocation

router = api_router("users")


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(anyone)],
    responses=problem_responses(ConflictError, PayloadTooLargeError),
)
async def register_user(
    set_location: SetLocation,
    accounts: AccountService,
    idempotent: Idempotent,
    body: NewAccount,
) -> User:
    """Register a user; a taken e-mail address is a 409 that names the field."""
    user = await idempotent(body, lambda key: accounts.register(body, key), into=User)
    set_location(user.id)
    return user


@router.get("/me")
async def get_me(accounts: AccountService, principal: SignedIn) -> User:
    """Read the user who is asking."""
    user = await accounts.active(principal.user_id)
    if user is None:
        raise refused("access")
    return user
