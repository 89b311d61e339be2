"""Says what the figures were measured on."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

_CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """What decides about the figures, and how busy it was before and after."""

    system: str
    python: str
    processor: str
    cores: int
    load_before: float
    load_after: float

    def __str__(self) -> str:
        return (
            f"{self.system}, Python {self.python}, {self.cores} cores ({self.processor}), "
            f"load {self.load_before:.1f} before and {self.load_after:.1f} after"
        )


def load() -> float:
    """How many processes wanted a core in the last minute."""
    return os.getloadavg()[0]


def machine(load_before: float) -> Machine:
    """This machine, now."""
    return Machine(
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        processor=_processor(),
        cores=os.cpu_count() or 1,
        load_before=load_before,
        load_after=load(),
    )


def _processor() -> str:
    if _CPU_INFO.is_file():
        for line in _CPU_INFO.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
