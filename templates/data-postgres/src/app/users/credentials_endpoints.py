"""Credentials, for the consumers in CREDENTIALS_READERS only.

This service stores the hash that such a consumer made and never sees a password.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.access import Caller, api_router
from app.database import Session
from app.users.credentials_schemas import Credentials, CredentialsWrite
from app.users.fields import Email
from app.users.model import User
from app.users.repository import UserRepository, has_email
from app.users.schemas import UserRead
from shared.errors import ConflictError, ForbiddenError, NotFoundError
from shared.problem import problem_responses

READ_PROBLEMS = problem_responses(ForbiddenError, NotFoundError)

router = api_router("users")


@router.get("/by-email/credentials", responses=READ_PROBLEMS)
async def get_credentials_by_email(
    session: Session, caller: Caller, email: Annotated[Email, Query()]
) -> Credentials:
    """Read the credentials of the user with this e-mail address, to log them in."""
    caller.check_credentials()
    user = await UserRepository(session).with_credentials(has_email(email))
    return Credentials.model_validate(user)


@router.get("/{user_id:uuid}/credentials", responses=READ_PROBLEMS)
async def get_credentials(session: Session, caller: Caller, user_id: UUID) -> Credentials:
    """Read a user's credentials."""
    caller.check_credentials()
    user = await UserRepository(session).with_credentials(User.id == user_id)
    return Credentials.model_validate(user)


@router.put(
    "/{user_id:uuid}/credentials",
    responses={**READ_PROBLEMS, **problem_responses(ConflictError)},
)
async def set_credentials(
    session: Session, caller: Caller, user_id: UUID, body: CredentialsWrite
) -> UserRead:
    """Store a new password hash, if `version` is still the user's; otherwise 409."""
    caller.check_credentials()
    repository = UserRepository(session)
    user = await repository.change(user_id, body.version, password_hash=body.password_hash)
    return UserRead.model_validate(user)
