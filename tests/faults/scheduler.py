"""A replica with schedules; each firing leaves a line in a file, whatever kills it."""

import asyncio
import os
import time
from datetime import datetime

from shared.messaging.schedule import Schedule, scheduler_resources
from shared.messaging.settings import TaskSettings
from shared.messaging.store import schedules as records
from tests.faults.contract import Order, order_task
from tests.faults.due import EACH_SECOND, SCHEDULES, number_of
from tests.faults.process import RUN, open_notes, serve

_STEP_SECONDS = 0.004
# What a killed replica had claimed waits for so long; half a minute is too long for a test.
_CLAIM_MILLISECONDS = 3_000
_FIRINGS = open_notes("firings")


def _schedule(index: int) -> Schedule:
    def payload(due: datetime) -> Order:
        number = number_of(index, due)
        os.write(_FIRINGS, f"{number} {os.getpid()}\n".encode())
        # Long enough for a signal to hit between the claim and the sending.
        time.sleep(_STEP_SECONDS)
        return Order(number=number)

    name = f"{RUN}-{index}"
    return Schedule(name=name, cron=EACH_SECOND, task=order_task(RUN), payload=payload)


if __name__ == "__main__":
    records.CLAIM_MILLISECONDS = _CLAIM_MILLISECONDS
    every = [_schedule(index) for index in range(SCHEDULES)]
    asyncio.run(serve(scheduler_resources(every, TaskSettings), {}))
