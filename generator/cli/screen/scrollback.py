"""Keeps the last lines of each service, and finds among them those that a person wants to see."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import merge
from typing import NamedTuple

MOST_LINES = 10_000
MOST_CHARACTERS = 4 * 1024 * 1024


class Entry(NamedTuple):
    """A line: its place among all lines, whose it is, when it came, and what it says."""

    number: int
    service: str
    moment: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LineFilter:
    """Which lines are seen.

    Attributes:
        services: those of these alone; of all when empty.
        text: what a line holds, whatever the case of its letters: a word, a request id.
    """

    services: frozenset[str] = frozenset()
    text: str = ""

    def shows(self, service: str) -> bool:
        """Whether lines of this service may be seen."""
        return not self.services or service in self.services


@dataclass(slots=True)
class _Shelf:
    entries: deque[Entry] = field(default_factory=deque)
    characters: int = 0


class Scrollback:
    """The last lines of each service; any thread may call it.

    A service that floods its log pushes out its own lines and nobody else's.

    Args:
        most_lines: how many are kept of each.
        most_characters: how much they may hold together.
    """

    def __init__(
        self, most_lines: int = MOST_LINES, most_characters: int = MOST_CHARACTERS
    ) -> None:
        self._most_lines = most_lines
        self._most_characters = most_characters
        self._lock = threading.Lock()
        self._shelves: dict[str, _Shelf] = {}
        self._count = 0

    def add(self, service: str, moment: str, lines: Sequence[str]) -> None:
        """Keep lines, and let go of the oldest that are too many."""
        with self._lock:
            shelf = self._shelves.setdefault(service, _Shelf())
            shelf.entries.extend(
                Entry(number, service, moment, line)
                for number, line in enumerate(lines, self._count)
            )
            self._count += len(lines)
            shelf.characters += sum(map(len, lines))
            while shelf.entries and (
                len(shelf.entries) > self._most_lines or shelf.characters > self._most_characters
            ):
                shelf.characters -= len(shelf.entries.popleft().text)

    def since(self, number: int, wanted: LineFilter) -> tuple[int, list[Entry]]:
        """The wanted lines from this number on, in the order in which they came.

        Returns:
            The number from which on lines are new, and the lines.
        """
        word = wanted.text.casefold()
        with self._lock:
            shelves = [
                _from(number, shelf.entries)
                for service, shelf in self._shelves.items()
                if wanted.shows(service)
            ]
            count = self._count
        found = merge(*shelves)
        return count, [one for one in found if not word or word in one.text.casefold()]


def _from(number: int, entries: deque[Entry]) -> list[Entry]:
    """Those from this number on; the last ones, so that nobody looks at all for a few."""
    found: list[Entry] = []
    for entry in reversed(entries):
        if entry.number < number:
            break
        found.append(entry)
    return found[::-1]
