"""Looks at dead letters, puts them back into their queue, or removes them."""

from shared.messaging.dead.choosing import Counts
from shared.messaging.dead.cli import run_dead_letters
from shared.messaging.dead.letters import DeadLetter, Filter
from shared.messaging.dead.opening import open_dead_letters
from shared.messaging.dead.operating import DeadLetters

__all__ = [
    "Counts",
    "DeadLetter",
    "DeadLetters",
    "Filter",
    "open_dead_letters",
    "run_dead_letters",
]
