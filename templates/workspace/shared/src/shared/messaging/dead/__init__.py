"""Looks at dead letters, puts them back into their queue, or removes them."""

from shared.messaging.dead.letters import DeadLetter, Filter
from shared.messaging.dead.queues import DeadLetters, Found, open_dead_letters

__all__ = ["DeadLetter", "DeadLetters", "Filter", "Found", "open_dead_letters"]
