"""Messages leave as tasks, which workers take."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry

from app.application import build_application
from app.features import FEATURES, Settings
from app.messaging import MessagingSettings
from shared.contracts.accounts import SEND_ACCOUNT_MESSAGE, AccountMessage
from shared.lifecycle import Lifecycle, Resources
from shared.messaging.consuming import (
    MessageConsumer,
    MessageContext,
    TaskHandler,
    consuming_resources,
)
from shared.testing import client
from tests.auth.examples import EMAIL, USERS, registered


@pytest.fixture
async def taken(settings: Settings) -> AsyncIterator[asyncio.Queue[AccountMessage]]:
    """Yield what a worker that takes account messages gets."""
    queue: asyncio.Queue[AccountMessage] = asyncio.Queue()

    async def take(message: AccountMessage, _: MessageContext, __: Resources) -> None:
        queue.put_nowait(message)

    handlers = (TaskHandler(task=SEND_ACCOUNT_MESSAGE, handle=take),)
    consumer = MessageConsumer(queue=SEND_ACCOUNT_MESSAGE.queue, handlers=handlers)
    worker = MessagingSettings.model_validate(settings.model_dump() | {"service_name": "mailer"})
    given: dict[type, object] = {
        MessagingSettings: worker,
        CollectorRegistry: CollectorRegistry(),
    }
    consuming = consuming_resources((consumer,), MessagingSettings)
    async with Lifecycle(consuming, given):
        yield queue


async def test_a_message_reaches_a_worker(
    settings: Settings, taken: asyncio.Queue[AccountMessage]
) -> None:
    async with client(build_application(settings, FEATURES)) as api:
        await registered(api)
        assert (
            await api.post(f"{USERS}/password/forgotten", json={"email": EMAIL})
        ).status_code == 202
        message = await asyncio.wait_for(taken.get(), 30)
    assert (message.kind, message.email) == ("reset-password", EMAIL)
    assert message.token
