"""Opens what handles updates, and what brings them in, in this order; closes it in reverse."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from aiogram import Bot, Dispatcher
from prometheus_client import CollectorRegistry

from app.redis import REDIS, ServiceRedis
from app.settings import BotSettings
from app.telegram import BOT
from app.updates.inbox import Inbox
from app.updates.intake import Intake
from app.updates.polling import PollerLease, Polling
from app.updates.processor import UpdateMetrics, UpdateProcessor
from app.updates.webhook import set_webhook
from shared.background import running
from shared.lifecycle import Resource, Resources

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence


def _new_inbox(resources: Resources) -> Inbox:
    settings = resources.get(BotSettings)
    return Inbox(
        resources.get(ServiceRedis),
        claim_seconds=settings.update_claim_seconds,
        waiting=settings.updates_waiting,
    )


METRICS = Resource(
    provides=UpdateMetrics,
    factory=lambda resources: UpdateMetrics(resources.get(CollectorRegistry)),
    requires=(CollectorRegistry,),
)
INBOX = Resource(provides=Inbox, factory=_new_inbox, requires=(BotSettings, ServiceRedis))


@asynccontextmanager
async def open_processor(resources: Resources) -> AsyncIterator[UpdateProcessor]:
    """Serve people until told to stop; what is in flight then is finished or given back."""
    settings = resources.get(BotSettings)
    processor = UpdateProcessor(
        settings,
        resources.get(Inbox),
        resources.get(Dispatcher),
        resources.get(UpdateMetrics),
    )
    run = partial(processor.run, resources.get(Bot))
    async with running(processor.renew_claims), running(run):
        try:
            yield processor
        finally:
            processor.stop()
            await processor.finish(settings.shutdown_grace_seconds)


async def drain_processor(processor: UpdateProcessor) -> None:
    """Take nothing more as soon as the process is told to stop."""
    processor.stop()


def _new_intake(resources: Resources) -> Intake:
    return Intake(
        resources.get(Inbox), resources.get(UpdateProcessor), resources.get(UpdateMetrics)
    )


INTAKE = Resource(
    provides=Intake, factory=_new_intake, requires=(Inbox, UpdateProcessor, UpdateMetrics)
)


class Webhook:
    """Telegram knows where to send updates, or is told as soon as it can be reached."""


@asynccontextmanager
async def open_polling(allowed: Sequence[str], resources: Resources) -> AsyncIterator[Polling]:
    """Poll for as long as the process runs, unless another one does."""
    bot = resources.get(Bot)
    lease = PollerLease(resources.get(ServiceRedis), bot.id)
    polling = Polling(bot, resources.get(Intake), lease, allowed)
    try:
        async with running(polling.run):
            yield polling
    finally:
        await lease.free()


@asynccontextmanager
async def open_webhook(allowed: Sequence[str], resources: Resources) -> AsyncIterator[Webhook]:
    """Tell Telegram where updates are to be sent."""
    bot, settings = resources.get(Bot), resources.get(BotSettings)
    async with running(partial(set_webhook, bot, settings, allowed)):
        yield Webhook()


def updates_resources(
    settings: BotSettings, allowed: Sequence[str], requires: tuple[type, ...]
) -> tuple[Resource[Any], ...]:
    """Return what takes and handles updates; handlers get what `requires` names."""
    processor = Resource(
        provides=UpdateProcessor,
        open=open_processor,
        requires=(BotSettings, Bot, Inbox, Dispatcher, UpdateMetrics, *requires),
        drain=drain_processor,
    )
    source: Resource[Any] = Resource(
        provides=Webhook,
        open=partial(open_webhook, allowed),
        requires=(BotSettings, Bot, Intake),
    )
    if settings.bot_mode == "polling":
        source = Resource(
            provides=Polling,
            open=partial(open_polling, allowed),
            requires=(Bot, Intake, ServiceRedis),
            ping=Polling.ping,
        )
    return (REDIS, BOT, METRICS, INBOX, processor, INTAKE, source)
