"""Finding a user by what the outside world knows of them."""

from typing import Annotated

from fastapi import Path, Query

from app.access import api_router
from app.database import Session
from app.fields import MAX_SAFE_INTEGER
from app.users.fields import Email
from app.users.repository import UserRepository
from app.users.schemas import UserRead
from shared.errors import NotFoundError
from shared.problem import problem_responses

router = api_router("users")


@router.get("/by-email", responses=problem_responses(NotFoundError))
async def get_user_by_email(session: Session, email: Annotated[Email, Query()]) -> UserRead:
    """Read the user with this e-mail address, in upper or lower case."""
    return UserRead.model_validate(await UserRepository(session).by_email(email))


@router.get("/by-telegram-id/{telegram_id:int}", responses=problem_responses(NotFoundError))
async def get_user_by_telegram_id(
    session: Session, telegram_id: Annotated[int, Path(ge=1, le=MAX_SAFE_INTEGER)]
) -> UserRead:
    """Read the user with this Telegram id."""
    return UserRead.model_validate(await UserRepository(session).by_telegram_id(telegram_id))
