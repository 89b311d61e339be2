"""Takes the events of users, and the messages that are to be sent to people."""

from app.notifications.service import Notifications
from shared.contracts.accounts import SEND_ACCOUNT_MESSAGE, AccountMessage
from shared.contracts.users import UserCreated, UserUpdated
from shared.errors import BadRequestError, InvalidError
from shared.lifecycle import Resources
from shared.messaging.consuming import (
    EventHandler,
    MessageConsumer,
    MessageContext,
    PermanentError,
    TaskHandler,
)


async def welcome(event: UserCreated, work: MessageContext, resources: Resources) -> None:
    """Welcome a new user; what the webhook finds invalid is not sent again."""
    try:
        await resources.get(Notifications).created(event, work.key)
    except (BadRequestError, InvalidError) as reason:
        raise PermanentError(str(reason)) from reason


async def notify_of_change(event: UserUpdated, work: MessageContext, resources: Resources) -> None:
    """Tell a user of a change; what the webhook finds invalid is not sent again."""
    try:
        await resources.get(Notifications).updated(event, work.key)
    except (BadRequestError, InvalidError) as reason:
        raise PermanentError(str(reason)) from reason


async def send_account_message(
    task: AccountMessage, work: MessageContext, resources: Resources
) -> None:
    """Send a message about an account; what the webhook finds invalid is not sent again."""
    try:
        await resources.get(Notifications).account_message(task, work.key)
    except (BadRequestError, InvalidError) as reason:
        raise PermanentError(str(reason)) from reason


CONSUMERS = (
    MessageConsumer(
        queue=SEND_ACCOUNT_MESSAGE.queue,
        handlers=(TaskHandler(task=SEND_ACCOUNT_MESSAGE, handle=send_account_message),),
    ),
    MessageConsumer(
        queue="user-events",
        # People are told where their data service tells of them; the rest works without.
        handlers=(
            EventHandler(event=UserCreated, handle=welcome, optional=True),
            EventHandler(event=UserUpdated, handle=notify_of_change, optional=True),
        ),
    ),
)
