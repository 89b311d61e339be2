"""dramatiq: a classic queue, which is all it has, confirms and retries, in one process."""

import os
import time
from importlib import import_module
from typing import Any

from tests.benchmarks.tasks.meter import Meter
from tests.benchmarks.tasks.role import QUEUE, TEXT, Load, play

# Only the benchmarks' environment has it, the one that types are checked in does not.
dramatiq: Any = import_module("dramatiq")
rabbitmq: Any = import_module("dramatiq.brokers.rabbitmq")
_THREADS = 8
_LONG = 3600.0


def _actor(meter: Meter | None) -> tuple[Any, Any]:
    broker = rabbitmq.RabbitmqBroker(url=os.environ["AMQP_URL"], confirm_delivery=True)
    dramatiq.set_broker(broker)

    def noop(sent: float, _text: str) -> None:
        if meter is not None:
            meter.handled(sent)

    return broker, dramatiq.actor(noop, queue_name=QUEUE, max_retries=3)


def send(load: Load) -> None:
    """Publish with confirms, one after the other: there is no other way."""
    broker, noop = _actor(None)
    for sent in load.stamps() if load.pace else (s for batch in load.batches() for s in batch):
        noop.send(sent, TEXT)
    broker.close()


def work(meter: Meter) -> None:
    """Handle tasks until the meter ends the process."""
    broker, _ = _actor(meter)
    dramatiq.Worker(broker, worker_threads=_THREADS, worker_timeout=100).start()
    time.sleep(_LONG)


if __name__ == "__main__":
    play(send, work)
