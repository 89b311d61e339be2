"""Enqueues tasks at the times of cron expressions, each time once, however many replicas run."""

from shared.messaging.schedule.scheduler import Scheduler, scheduler_resources
from shared.messaging.schedule.schedules import Schedule

__all__ = ["Schedule", "Scheduler", "scheduler_resources"]
