"""Enqueues tasks by the clock, each time once, however many replicas run."""

from shared.messaging.schedule.entries import Entry, read_entries
from shared.messaging.schedule.resources import scheduling_resource
from shared.messaging.schedule.schedules import Schedule
from shared.messaging.schedule.scheduling import Scheduling

__all__ = ["Entry", "Schedule", "Scheduling", "read_entries", "scheduling_resource"]
