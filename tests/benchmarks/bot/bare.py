"""A bot of aiogram alone: `feed COUNT` through its dispatcher, `poll COUNT`, or `serve PORT`."""

import asyncio
import logging
import os
import sys
from functools import partial

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import web

from tests.benchmarks.bot.work import answering, feed_all
from tests.benchmarks.tasks.meter import Meter


def _bot() -> Bot:
    server = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    return Bot(os.environ["TELEGRAM_TOKEN"], session=AiohttpSession(api=server))


def _dispatcher(meter: Meter) -> Dispatcher:
    dispatcher = Dispatcher()
    dispatcher.message.register(answering(meter))
    return dispatcher


async def feed(count: int) -> None:
    """Feed updates to the dispatcher."""
    await feed_all(_bot(), _dispatcher(Meter(count=count)).feed_update, count)


async def poll(count: int) -> None:
    """Poll, as its documentation shows it."""
    await _dispatcher(Meter(count=count)).start_polling(_bot(), handle_signals=False)


async def serve(port: int) -> None:
    """Poll, and answer `/ready` beside that."""

    async def ready(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_get("/ready", ready)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await poll(0)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stdout)
    role, number = sys.argv[1:]
    roles = {"feed": feed, "poll": poll, "serve": serve}
    asyncio.run(partial(roles[role], int(number))())
