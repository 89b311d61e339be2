"""A bot that notes what it was told, for tests of order and of faults."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.errors import RetryLaterError
from app.feature import EVERYONE, BotFeature, Handler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiogram.types import Message


@dataclass
class Notes:
    """What was handled, by person and in order; how many people were served at once."""

    texts: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    albums: list[list[int]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    # As many attempts of each text are to fail.
    failing: dict[str, int] = field(default_factory=dict)
    # While it is clear, nothing is finished.
    going: asyncio.Event = field(default_factory=asyncio.Event)
    # Whose updates are in flight now, to see that nobody's two are at the same time.
    in_flight: set[int] = field(default_factory=set)
    together: int = 0

    def __post_init__(self) -> None:
        self.going.set()

    def feature(self) -> BotFeature:
        """Return the feature that notes."""
        handler = Handler(handle=self.note, title="any message", allow=EVERYONE)
        return BotFeature(name="notes", handlers=(handler,))

    async def note(self, message: Message, album: tuple[Message, ...]) -> None:
        """Note one message, or an album."""
        person, text = message.chat.id, message.text or ""
        self.together += person in self.in_flight
        self.in_flight.add(person)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await self.going.wait()
            await asyncio.sleep(0)
            if self.failing.get(text, 0) > 0:
                self.failing[text] -= 1
                raise RetryLaterError("not yet")
            self.texts[person].append(text)
            if message.media_group_id:
                self.albums.append([each.message_id for each in album])
        finally:
            self.at_once -= 1
            self.in_flight.discard(person)

    def count(self) -> int:
        """Return how many were handled."""
        return sum(map(len, self.texts.values()))

    def __iter__(self) -> Iterator[str]:
        return (text for texts in self.texts.values() for text in texts)
