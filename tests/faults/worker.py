"""A worker made of shared.messaging; each execution leaves a line in a file, whatever kills it.

Its effect is a request with the work's key as `Idempotency-Key`, as users are told to do it.
"""

import asyncio
import os
import signal
from pathlib import Path

from httpx2 import AsyncClient
from prometheus_client import CollectorRegistry

from shared.lifecycle import Lifecycle, Resources
from shared.log import configure_logging
from shared.messaging.consuming import (
    Consumer,
    EventHandler,
    PermanentError,
    TaskHandler,
    Work,
    consuming_resource,
)
from shared.messaging.metrics import MESSAGING_METRICS
from shared.messaging.settings import TaskSettings
from shared.settings import load_settings
from tests.faults.contract import (
    FAIL_FIRST,
    HOPELESS,
    Happened,
    Order,
    hanging_task,
    order_task,
)

_RUN, _FOLDER = os.environ["RUN"], Path(os.environ["FOLDER"])
_EVENT_QUEUES = [name for name in os.environ.get("EVENT_QUEUES", "").split(",") if name]
# Long enough for a signal to hit between any two of a handler's steps.
_STEP_SECONDS = 0.004
_EXECUTIONS = os.open(_FOLDER / f"{_RUN}.executions", os.O_APPEND | os.O_CREAT | os.O_WRONLY)


def _note(key: str, work: Work) -> None:
    os.write(_EXECUTIONS, f"{key} {work.attempt} {os.getpid()}\n".encode())


async def _take_effect(resources: Resources, key: str, number: int) -> None:
    await asyncio.sleep(_STEP_SECONDS)
    client = resources.get(AsyncClient)
    answer = await client.put(f"/{_RUN}/{number}", headers={"Idempotency-Key": key})
    answer.raise_for_status()
    await asyncio.sleep(_STEP_SECONDS)


async def _order(order: Order, work: Work, resources: Resources) -> None:
    _note(work.key, work)
    if order.act == HOPELESS:
        raise PermanentError("there is no hope")
    if order.act == FAIL_FIRST and work.attempt == 1:
        raise RuntimeError("the first attempt fails")
    await _take_effect(resources, work.key, order.number)


async def _hang(_order: Order, work: Work, _resources: Resources) -> None:
    _note(f"hang-{work.key}", work)
    await asyncio.Event().wait()


def _listener(queue: str) -> Consumer:
    async def handle(event: Happened, work: Work, resources: Resources) -> None:
        key = f"{queue}:{work.key}"
        _note(key, work)
        await _take_effect(resources, key, event.number * 10 + _EVENT_QUEUES.index(queue))

    return Consumer(queue=queue, handlers=(EventHandler(event=Happened, handle=handle),))


def _consumers() -> list[Consumer]:
    if _EVENT_QUEUES:
        return [_listener(queue) for queue in _EVENT_QUEUES]
    handlers = (
        TaskHandler(task=order_task(_RUN), handle=_order),
        TaskHandler(task=hanging_task(_RUN), handle=_hang),
    )
    return [Consumer(queue=_RUN, handlers=handlers)]


async def main() -> None:
    """Consume until SIGTERM, as a service does."""
    settings, stopped = load_settings(TaskSettings), asyncio.Event()
    configure_logging(settings)
    async with AsyncClient(base_url=os.environ["DATA_URL"], timeout=5) as client:
        given = {
            TaskSettings: settings,
            CollectorRegistry: CollectorRegistry(),
            AsyncClient: client,
        }
        consuming = consuming_resource(_consumers(), TaskSettings, requires=(AsyncClient,))
        lifecycle = Lifecycle((MESSAGING_METRICS, consuming), given)

        def stop() -> None:
            lifecycle.start_draining()
            stopped.set()

        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
        async with lifecycle:
            (_FOLDER / f"ready-{os.getpid()}").touch()
            await stopped.wait()


if __name__ == "__main__":
    asyncio.run(main())
