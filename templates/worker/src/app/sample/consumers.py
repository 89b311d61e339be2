"""Takes the tasks of the queue `sample`: a message in, its outcome decided."""

from app.errors import RefusedError
from app.sample.contract import GREET, Greet, Greeting
from app.sample.service import greeting_for
from shared.lifecycle import Resources
from shared.messaging.consuming import MessageConsumer, MessageContext, PermanentError, TaskHandler


async def greet(task: Greet, _work: MessageContext, _resources: Resources) -> Greeting:
    """Do the task. Any other exception than PermanentError means: try again later.

    What the rules need of the world is `resources.get(...)`, named in the feature's `resources`.
    """
    try:
        return Greeting(text=greeting_for(task.name))
    except RefusedError as reason:
        # No attempt will go better: straight to the dead letters.
        raise PermanentError(str(reason)) from reason


# One queue with all its handlers, and how many messages of it are in hand at once.
CONSUMERS = (MessageConsumer(queue=GREET.queue, handlers=(TaskHandler(task=GREET, handle=greet),)),)
