"""A worker made of shared.messaging; each execution leaves a line in a file, whatever kills it.

Its effect is a request with the work's key as `Idempotency-Key`, as users are told to do it.
"""

import asyncio
import os
import signal

from httpx2 import AsyncClient

from shared.lifecycle import Resources
from shared.messaging.consuming import (
    EventHandler,
    MessageConsumer,
    MessageContext,
    PermanentError,
    TaskHandler,
    consuming_resources,
)
from shared.messaging.settings import TaskSettings
from shared.testing.waiting import wait_until
from tests.faults.contract import (
    DEADLY,
    FAIL_FIRST,
    HOPELESS,
    Happened,
    Order,
    hanging_task,
    order_task,
)
from tests.faults.process import RUN, open_notes, ready_file, serve

_EVENT_QUEUES = [name for name in os.environ.get("EVENT_QUEUES", "").split(",") if name]
_STEP_SECONDS = 0.004
_EXECUTIONS = open_notes("executions")


def _note(key: str, work: MessageContext) -> None:
    os.write(_EXECUTIONS, f"{key} {work.attempt} {os.getpid()}\n".encode())


async def _take_effect(resources: Resources, key: str, number: int) -> None:
    # Long enough, before and after, for a signal to hit between any two of a handler's steps.
    await asyncio.sleep(_STEP_SECONDS)
    client = resources.get(AsyncClient)
    answer = await client.put(f"/{RUN}/{number}", headers={"Idempotency-Key": key})
    answer.raise_for_status()
    await asyncio.sleep(_STEP_SECONDS)


async def _order(order: Order, work: MessageContext, resources: Resources) -> None:
    _note(work.key, work)
    if order.act == DEADLY:
        await _die()
    if order.act == HOPELESS:
        raise PermanentError("there is no hope")
    if order.act == FAIL_FIRST and work.attempt == 1:
        raise RuntimeError("the first attempt fails")
    await _take_effect(resources, work.key, order.number)


async def _die() -> None:
    async def started() -> bool:
        return ready_file(os.getpid()).exists()

    # Who starts workers would take an earlier end for one that cannot start.
    await wait_until(started, what="the worker's start")
    os.kill(os.getpid(), signal.SIGKILL)


async def _hang(_order: Order, work: MessageContext, _resources: Resources) -> None:
    _note(f"hang-{work.key}", work)
    await asyncio.Event().wait()


def _listener(queue: str) -> MessageConsumer:
    async def handle(event: Happened, work: MessageContext, resources: Resources) -> None:
        key = f"{queue}:{work.key}"
        _note(key, work)
        await _take_effect(resources, key, event.number * 10 + _EVENT_QUEUES.index(queue))

    return MessageConsumer(queue=queue, handlers=(EventHandler(event=Happened, handle=handle),))


def _consumers() -> list[MessageConsumer]:
    if _EVENT_QUEUES:
        return [_listener(queue) for queue in _EVENT_QUEUES]
    handlers = (
        TaskHandler(task=order_task(RUN), handle=_order),
        TaskHandler(task=hanging_task(RUN), handle=_hang),
    )
    return [MessageConsumer(queue=RUN, handlers=handlers)]


async def main() -> None:
    """Consume until SIGTERM."""
    async with AsyncClient(base_url=os.environ["DATA_URL"], timeout=5) as client:
        consuming = consuming_resources(_consumers(), TaskSettings, requires=(AsyncClient,))
        await serve(consuming, {AsyncClient: client})


if __name__ == "__main__":
    asyncio.run(main())
