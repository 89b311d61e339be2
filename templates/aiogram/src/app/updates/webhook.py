"""Takes updates that Telegram sends, in any number of processes."""

from __future__ import annotations

import asyncio
from hmac import compare_digest
from typing import TYPE_CHECKING, Annotated

import structlog
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.types import Update
from fastapi import APIRouter, Depends, Header, Request, Response, status
from pydantic import ValidationError

from app.settings import BotSettings
from app.updates.intake import Intake
from shared.errors import BadRequestError, ForbiddenError
from shared.problem import problem_responses
from shared.web import resource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiogram import Bot

PATH = "/telegram/webhook"
CONNECTIONS = 40
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0

_log = structlog.stdlib.get_logger(__name__)


def webhook_router() -> APIRouter:
    """Return the route that Telegram posts to."""
    router = APIRouter(tags=["telegram"])
    refused = problem_responses(ForbiddenError, BadRequestError)

    @router.post(PATH, status_code=status.HTTP_200_OK, responses=refused)
    async def take_update(
        request: Request,
        settings: Annotated[BotSettings, Depends(resource(BotSettings))],
        intake: Annotated[Intake, Depends(resource(Intake))],
        secret: Annotated[str, Header(alias="X-Telegram-Bot-Api-Secret-Token")] = "",
    ) -> Response:
        """Take an update of Telegram's; it is kept when this answers 200."""
        if not compare_digest(secret.encode(), settings.webhook_secret.encode()):
            raise ForbiddenError("Only Telegram may do this.")
        try:
            update = Update.model_validate_json(await request.body())
        except ValidationError as error:
            # Shown without what people wrote.
            _log.warning("not an update", errors=error.error_count())
            raise BadRequestError("This is no update.") from None
        await intake.accept([update])
        return Response(status_code=status.HTTP_200_OK)

    return router


async def set_webhook(bot: Bot, settings: BotSettings, allowed: Sequence[str]) -> None:
    """Tell Telegram where updates are to be sent, once it can be reached.

    It stays when the process stops: what comes meanwhile, Telegram keeps for a day.
    """
    pause = PAUSE_SECONDS
    while True:
        try:
            await bot.set_webhook(
                settings.webhook_url or "",
                secret_token=settings.webhook_secret,
                allowed_updates=[*allowed],
                max_connections=CONNECTIONS,
                drop_pending_updates=False,
            )
        except (TelegramAPIError, ClientDecodeError) as error:
            _log.warning("the webhook could not be set", error=str(error), again_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        else:
            _log.info("the webhook is set", **{"url.full": settings.webhook_url})
            return
