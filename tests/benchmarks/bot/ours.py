"""The rendered bot: `feed COUNT` through its dispatcher, `poll COUNT`, or `broadcast COUNT`.

The service's own folder and the shared library are on the path.
"""

import asyncio
import logging
import sys

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update

from app.activity import ACTIVITY
from app.admin.broadcasts import Broadcast, Broadcasts
from app.application import build_application
from app.dispatching import dispatcher_resource
from app.feature import EVERYONE, BotFeature, Handler
from app.features import FEATURES, Settings
from app.redis import REDIS, ServiceRedis
from app.settings import BotSettings
from app.telegram import BOT
from app.translations import TRANSLATIONS
from shared.correlation import begin_request
from shared.lifecycle import Lifecycle
from shared.log import configure_logging
from shared.server import serve
from shared.settings import load_settings
from tests.benchmarks.bot.work import answering, feed_all
from tests.benchmarks.tasks.meter import Meter


def _feature(meter: Meter) -> BotFeature:
    handler = Handler(handle=answering(meter), title="any message", allow=EVERYONE)
    return BotFeature(name="answering", handlers=(handler,))


async def feed(count: int, settings: Settings) -> None:
    """Feed updates to the dispatcher, with all its middlewares."""
    chosen = (_feature(Meter(count=count)),)
    resources = (REDIS, BOT, ACTIVITY, TRANSLATIONS, dispatcher_resource(chosen, ()))
    async with Lifecycle(resources, {BotSettings: settings}) as opened:
        dispatcher, log = opened.get(Dispatcher), structlog.stdlib.get_logger("feed")

        async def fed(bot: Bot, update: Update) -> None:
            # As the processor does it, with its line in the log.
            begin_request(f"update-{update.update_id}")
            await dispatcher.feed_update(bot, update, album=(), final=False)
            log.info("update handled")

        await feed_all(opened.get(Bot), fed, count)


def poll(count: int, settings: Settings) -> None:
    """Take updates from Telegram, keep them in Redis and handle them."""
    serve(build_application(settings, (_feature(Meter(count=count)),)), settings)


def broadcast(_: int, settings: Settings) -> None:
    """Send the broadcast that is begun here to everybody."""

    async def begin() -> None:
        async with Lifecycle((REDIS,), {BotSettings: settings}) as opened:
            broadcasts = Broadcasts(opened.get(ServiceRedis), lease_seconds=30)
            assert await broadcasts.begin(Broadcast(text="Hello!", admin=1, language="en"))

    asyncio.run(begin())
    serve(build_application(settings, FEATURES), settings)


if __name__ == "__main__":
    role, number = sys.argv[1:]
    given = load_settings(Settings)
    configure_logging(given)
    # As `python -m app` does.
    logging.getLogger("aiogram.event").setLevel(logging.WARNING)
    if role == "feed":
        asyncio.run(feed(int(number), given))
    else:
        {"poll": poll, "broadcast": broadcast}[role](int(number), given)
