"""What a feature of a worker is."""

from dataclasses import dataclass
from typing import Any

from shared.lifecycle import Resource
from shared.messaging.consuming import Consumer
from shared.messaging.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class WorkFeature:
    """One capability of a worker: what it consumes, when it acts by itself, what that needs."""

    name: str
    consumers: tuple[Consumer, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    resources: tuple[Resource[Any], ...] = ()
