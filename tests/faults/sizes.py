"""How large a run is."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """Tasks of each scenario, how often the cheap faults happen, and how often the dear ones."""

    tasks: int
    kills: int
    restarts: int


SMALL = Size(tasks=150, kills=2, restarts=1)
LARGE = Size(tasks=4000, kills=20, restarts=5)
