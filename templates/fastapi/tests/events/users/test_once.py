"""What the data service tells too takes effect once."""

from uuid import uuid4

from prometheus_client import CollectorRegistry

from app.features import Settings
from app.messaging import MESSAGING, MessagingSettings
from shared.contracts.users import UserCreated, user_event_id
from shared.lifecycle import Lifecycle, Resources
from shared.messaging.consuming import (
    EventHandler,
    MessageConsumer,
    MessageContext,
    consuming_resources,
)
from shared.messaging.publishing import Messaging
from shared.testing import wait_until
from shared.testing.recorder import EventRecorder

IDS = {"Ada": uuid4(), "Bob": uuid4()}


def created(name: str) -> UserCreated:
    return UserCreated(
        user_id=IDS[name], user_version=1, name=name, email=None, role="user", is_active=True
    )


async def test_an_event_that_is_told_twice_takes_effect_once(
    settings: Settings, recorder: EventRecorder
) -> None:
    effects: list[str] = []

    async def welcome(event: UserCreated, _: MessageContext, __: Resources) -> None:
        effects.append(event.name)

    handler = EventHandler(event=UserCreated, handle=welcome)
    consumer = MessageConsumer(queue="welcomes", handlers=(handler,))
    consuming = consuming_resources((consumer,), MessagingSettings)
    given: dict[type, object] = {
        MessagingSettings: settings,
        CollectorRegistry: CollectorRegistry(),
    }
    async with Lifecycle((*MESSAGING, *consuming), given) as resources:
        events = resources.get(Messaging).events
        for name in ("Ada", "Ada", "Bob"):
            await events.publish(created(name), user_event_id("user.created", IDS[name], 1))
        await recorder.wait_for(3)

        async def all_handled() -> bool:
            return "Bob" in effects

        await wait_until(all_handled, what="the last event")
    assert sorted(effects) == ["Ada", "Bob"]
