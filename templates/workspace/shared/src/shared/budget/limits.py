"""What a request may still cost."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic


@dataclass
class Budget:
    """What is left for all the calls made for one request; None is without a limit."""

    retries: int | None = None
    deadline: float | None = None

    def retries_left(self, wanted: int) -> int:
        """Return how many of the retries wanted may still be made."""
        return max(0, wanted if self.retries is None else min(wanted, self.retries))

    def spend_retry(self) -> None:
        """Count one retry."""
        if self.retries is not None:
            self.retries -= 1

    def seconds_left(self, wanted: float) -> float:
        """Return how many of the seconds wanted are left; 0 or less once time is up."""
        return wanted if self.deadline is None else min(wanted, self.deadline - monotonic())
