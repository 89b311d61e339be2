"""Takes the events of users."""

from app.notifications.service import Notifications
from shared.contracts.users import UserCreated, UserUpdated
from shared.errors import BadRequestError, InvalidError
from shared.lifecycle import Resources
from shared.messaging.consuming import Consumer, EventHandler, PermanentError, Work


async def welcome(event: UserCreated, work: Work, resources: Resources) -> None:
    """Welcome a new user; what the webhook finds invalid is not sent again."""
    try:
        await resources.get(Notifications).created(event, work.key)
    except (BadRequestError, InvalidError) as reason:
        raise PermanentError(str(reason)) from reason


async def tell_of_change(event: UserUpdated, work: Work, resources: Resources) -> None:
    """Tell a user of a change; what the webhook finds invalid is not sent again."""
    try:
        await resources.get(Notifications).updated(event, work.key)
    except (BadRequestError, InvalidError) as reason:
        raise PermanentError(str(reason)) from reason


CONSUMERS = (
    Consumer(
        queue="notifications",
        handlers=(
            EventHandler(event=UserCreated, handle=welcome),
            EventHandler(event=UserUpdated, handle=tell_of_change),
        ),
    ),
)
