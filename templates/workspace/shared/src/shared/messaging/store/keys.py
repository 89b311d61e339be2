"""Every key in Redis that messaging uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.messaging.records import Subject


@dataclass(frozen=True)
class Keys:
    """Makes the names of keys; each begins with the prefix."""

    prefix: str = ""

    def task(self, task_id: str) -> str:
        """Return the key of a task's record."""
        return f"{self.prefix}task:{task_id}"

    def subject(self, subject: Subject) -> str:
        """Return the key of what is claimed: an event has one in each queue that gets it."""
        if subject.is_event:
            return f"{self.prefix}event:{subject.queue}:{subject.id}"
        return self.task(subject.id)

    def leases(self, queue: str) -> str:
        """Return the key of what is in flight in a queue, each with the end of its lease."""
        return f"{self.prefix}leases:{queue}"

    def stats(self, queue: str) -> str:
        """Return the key of a queue's counters."""
        return f"{self.prefix}stats:{queue}"

    def schedule(self, name: str) -> str:
        """Return the key of a schedule's record."""
        return f"{self.prefix}schedule:{name}"
