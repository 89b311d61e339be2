"""Names the part of a server that one service of a run gets."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomNames:
    """The names of one run; none is given twice, and with a dot behind it none begins another.

    Attributes:
        run: what tells this run from all others; digits and letters.
    """

    run: str
    _given: set[str] = field(default_factory=set)

    def next(self, service_name: str) -> str:
        """`verify_<run>_<service>`; a number comes in between when that is given already."""
        word = re.sub(r"[^a-z0-9-]+", "-", service_name.lower())[:40]
        name = f"verify_{self.run}_{word}"
        if name in self._given:
            name = f"verify_{self.run}_{len(self._given)}_{word}"
        self._given.add(name)
        return name
