"""A process of a run: set up by the environment, it serves until SIGTERM, as a service does."""

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from shared.lifecycle import Lifecycle, Resource
from shared.log import configure_logging
from shared.messaging.settings import TaskSettings
from shared.settings import load_settings

RUN, FOLDER = os.environ["RUN"], Path(os.environ["FOLDER"])


def ready_file(pid: int) -> Path:
    """Return the file that is there as soon as that process is at work."""
    return FOLDER / f"ready-{pid}"


def open_notes(kind: str) -> int:
    """Open a file to which all processes of the run append lines, which outlive them."""
    return os.open(FOLDER / f"{RUN}.{kind}", os.O_APPEND | os.O_CREAT | os.O_WRONLY)


async def serve(resources: tuple[Resource[Any], ...], given: Mapping[type, Any]) -> None:
    """Run resources until SIGTERM."""
    settings, stopped = load_settings(TaskSettings), asyncio.Event()
    configure_logging(settings)
    own: dict[type, Any] = {TaskSettings: settings, CollectorRegistry: CollectorRegistry()}
    lifecycle = Lifecycle(resources, {**own, **given})

    def stop() -> None:
        lifecycle.start_draining()
        stopped.set()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    async with lifecycle:
        ready_file(os.getpid()).touch()
        await stopped.wait()
