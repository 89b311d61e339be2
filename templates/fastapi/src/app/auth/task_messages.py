"""Has workers send the messages about accounts, as tasks."""

from typing_extensions import override

from app.auth.messages import Messenger
from app.auth.settings import AuthSettings
from app.messaging import MESSAGING
from shared.contracts.accounts import SEND_ACCOUNT_MESSAGE, AccountMessage
from shared.lifecycle import Resource, Resources
from shared.messaging.publishing import Messaging
from shared.web import Feature

MessageSettings = AuthSettings


class TaskMessenger(Messenger):
    """Gives each message to the workers that take account messages."""

    def __init__(self, resources: Resources) -> None:
        self._messaging = resources.get(Messaging)

    @override
    def check(self) -> None:
        """Do nothing: there is a broker to give them to, and `send` says when it is away."""

    @override
    async def send(self, message: AccountMessage, key: str | None = None) -> None:
        """Return once the broker has it."""
        tasks = self._messaging.tasks
        await tasks.enqueue(SEND_ACCOUNT_MESSAGE, message, idempotency_key=key)


MESSENGER = Resource(provides=Messenger, factory=TaskMessenger, requires=(Messaging,))

feature = Feature(
    name="account-messages", resources=(*MESSAGING, MESSENGER), sends=(SEND_ACCOUNT_MESSAGE,)
)
