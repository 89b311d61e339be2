"""What both bots do with an update, and how updates are fed to a dispatcher without a network."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from aiogram import Bot
from aiogram.types import Message, Update

from tests.benchmarks.bot.telegram import updates
from tests.benchmarks.tasks.meter import Meter

AT_ONCE = 20
PEOPLE = 200

Handle = Callable[[Message, Bot], Awaitable[None]]
Feed = Callable[[Bot, Update], Awaitable[object]]


def answering(meter: Meter) -> Handle:
    """The handler of both: it answers each message; the meter ends the process after the last."""

    async def answer(message: Message, bot: Bot) -> None:
        await bot.send_message(message.chat.id, "In a moment.")
        meter.handled(time.time())

    return answer


async def feed_all(bot: Bot, feed: Feed, count: int) -> None:
    """Parse and feed so many updates, `AT_ONCE` at a time."""
    waiting = iter(updates(count, PEOPLE))

    async def work() -> None:
        for text in waiting:
            await feed(bot, Update.model_validate_json(text, context={"bot": bot}))

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(work())
