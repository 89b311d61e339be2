"""Another service, which gives this one tasks and tells it events."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry

from app.features import Settings
from app.publishing import MESSAGING
from app.settings import WorkerSettings
from shared.lifecycle import Lifecycle
from shared.messaging.publishing import Messaging
from shared.messaging.status import State, TaskStatus
from shared.testing import wait_until

OVER = (State.DONE, State.FAILED)


@asynccontextmanager
async def sender_of(settings: Settings) -> AsyncIterator[Messaging]:
    """Open it, on the broker and the Redis of these settings."""
    given = {WorkerSettings: settings, CollectorRegistry: CollectorRegistry()}
    async with Lifecycle(MESSAGING, given) as resources:
        yield resources.get(Messaging)


async def outcome(sender: Messaging, task_id: str, *, seconds: float = 20) -> TaskStatus:
    """Return the status of a task once it is done or has failed for good."""
    await wait_for_state(sender, task_id, *OVER, seconds=seconds)
    status = await sender.status.get(task_id)
    assert status is not None
    return status


async def wait_for_state(
    sender: Messaging, task_id: str, *states: State, seconds: float = 20
) -> None:
    """Return once the task is in one of the states."""

    async def there() -> bool:
        status = await sender.status.get(task_id)
        return status is not None and status.state in states

    await wait_until(there, timeout_seconds=seconds, what=f"{states[0]} of the task")
