"""How much of the machine services take: their processes with all that those have started."""

import os
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """What a service takes at one moment.

    Attributes:
        cpu: percent of one core since the last look.
        memory: the memory that is resident, in bytes; what processes share counts for each.
    """

    cpu: float
    memory: int


class UsageMeter:
    """Looks at processes again and again; what they take is known from the second look on."""

    def __init__(self) -> None:
        self._spent: dict[int, float] = {}
        self._looked = time.monotonic()

    def read(self, leaders: Collection[int]) -> Mapping[int, Usage]:
        """What each service takes; who is gone is left out.

        Args:
            leaders: their processes, each of which leads a session of its own: whatever it starts
                is in it.
        """
        now = time.monotonic()
        elapsed, self._looked = now - self._looked, now
        found: dict[int, Usage] = {}
        spent: dict[int, float] = {}
        for leader, members in _sessions(leaders).items():
            taken = [one for pid in members if (one := _taken(pid))]
            spent[leader] = sum(seconds for seconds, _ in taken)
            # Those that have ended meanwhile took what they spent along.
            more = max(0.0, spent[leader] - self._spent.get(leader, spent[leader]))
            cpu = 100 * more / elapsed if elapsed else 0.0
            found[leader] = Usage(cpu=cpu, memory=sum(memory for _, memory in taken))
        self._spent = spent
        return found


def _sessions(leaders: Collection[int]) -> dict[int, list[int]]:
    # Asking for each one's children would look at every process of the machine for each.
    members: dict[int, list[int]] = {}
    for pid in psutil.pids():
        with suppress(OSError):
            if (leader := os.getsid(pid)) in leaders:
                members.setdefault(leader, []).append(pid)
    return members


def _taken(pid: int) -> tuple[float, int] | None:
    """The seconds that a process has spent and the bytes that it has; None when it is gone."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        with process.oneshot():
            times = process.cpu_times()
            return float(times.user + times.system), int(process.memory_info().rss)
    return None
