"""Admin: what happens in the bot, and a word to everybody, for those whom ADMIN_IDS names."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiogram import Bot

from app.activity import ACTIVITY
from app.admin.audience import Audience
from app.admin.broadcaster import Broadcaster
from app.admin.broadcasts import Broadcasts
from app.admin.handlers import HANDLERS
from app.admin.settings import AdminSettings
from app.data_service import DATA_SERVICE
from app.feature import BotFeature
from app.redis import REDIS, ServiceRedis
from app.telegram import BOT
from app.translations import TRANSLATIONS, Translations
from app.updates.resources import INBOX
from shared.background import running
from shared.http import DataServiceClient
from shared.lifecycle import Resource, Resources


def _new_broadcasts(resources: Resources) -> Broadcasts:
    lease = resources.get(AdminSettings).update_claim_seconds
    return Broadcasts(resources.get(ServiceRedis), lease_seconds=lease)


@asynccontextmanager
async def open_broadcaster(resources: Resources) -> AsyncIterator[Broadcaster]:
    """Go on with whatever there is to send."""
    broadcaster = Broadcaster(
        resources.get(Bot),
        resources.get(Broadcasts),
        Audience(resources.get(DataServiceClient)),
        resources.get(Translations),
        per_second=resources.get(AdminSettings).broadcast_per_second,
    )
    async with running(broadcaster.run):
        yield broadcaster


RESOURCES: tuple[Resource[Any], ...] = (
    *DATA_SERVICE,
    REDIS,
    BOT,
    TRANSLATIONS,
    INBOX,
    ACTIVITY,
    Resource(provides=Broadcasts, factory=_new_broadcasts, requires=(AdminSettings, ServiceRedis)),
    Resource(
        provides=Broadcaster,
        open=open_broadcaster,
        requires=(AdminSettings, Bot, Broadcasts, DataServiceClient, Translations),
    ),
)

feature = BotFeature(name="admin", handlers=HANDLERS, resources=RESOURCES)
