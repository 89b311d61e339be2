"""Celery: a quorum queue, confirms, acknowledged after the work, in one process."""

import os
from importlib import import_module
from typing import Any

from tests.benchmarks.tasks.meter import Meter
from tests.benchmarks.tasks.role import PREFETCH, QUEUE, TEXT, Load, play

# Only the benchmarks' environment has it, the one that types are checked in does not.
celery: Any = import_module("celery")
kombu: Any = import_module("kombu")

TRACKED = os.environ.get("TRACKED") == "1"


def _app(meter: Meter | None) -> tuple[Any, Any]:
    app = celery.Celery(QUEUE, broker=os.environ["AMQP_URL"].replace("amqp://", "pyamqp://"))
    app.conf.update(
        task_queues=[kombu.Queue(QUEUE, queue_arguments={"x-queue-type": "quorum"})],
        task_default_queue=QUEUE,
        task_default_queue_type="quorum",
        worker_detect_quorum_queues=True,
        broker_transport_options={"confirm_publish": True},
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=not TRACKED,
        task_track_started=TRACKED,
        result_backend=os.environ["REDIS_URL"] if TRACKED else None,
        worker_prefetch_multiplier=PREFETCH,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
    )

    def noop(sent: float, _text: str) -> None:
        if meter is not None:
            meter.handled(sent)

    return app, app.task(name="noop", max_retries=3)(noop)


def send(load: Load) -> None:
    """Publish with confirms, one after the other: there is no other way."""
    _, noop = _app(None)
    for sent in load.stamps() if load.pace else (s for batch in load.batches() for s in batch):
        noop.apply_async((sent, TEXT))


def work(meter: Meter) -> None:
    """Handle tasks until the meter ends the process."""
    app, _ = _app(meter)
    options = ["worker", "--pool=solo", "--loglevel=ERROR", "--without-gossip", "--without-mingle"]
    app.worker_main([*options, "--without-heartbeat"])


if __name__ == "__main__":
    play(send, work)
