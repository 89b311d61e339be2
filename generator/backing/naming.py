"""Names what one service gets on a server, and gives its user a password."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

# What begins with this was made by a run, and belongs to nobody once that run is over.
PREFIX = "verify_"


def new_password(_name: str = "") -> str:
    """A password that nobody guesses."""
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, kw_only=True, slots=True)
class Naming:
    """The names of one run, or those of a server whose data are kept.

    Attributes:
        run: what tells this run from all others, digits and letters; empty when data are kept.
        password: the password of the user with a name.
    """

    run: str = ""
    password: Callable[[str], str] = new_password
    _given: set[str] = field(default_factory=set)

    @property
    def is_kept(self) -> bool:
        """Whether the same service gets the same name again, in every run."""
        return not self.run

    @property
    def prefix(self) -> str:
        """What every name of the run begins with, and no name of another run."""
        return "" if self.is_kept else f"{PREFIX}{self.run}"

    def next(self, word: str, *, joint: str = "_", longest: int = 64) -> str:
        """A name for a service; of a run none is given twice.

        Args:
            word: the service's name, in the characters that will do.
            joint: what stands between the run and the word.
            longest: how long the name may be.
        """
        if self.is_kept:
            return word[:longest]
        name = f"{self.prefix}{joint}{word}"[:longest]
        if name in self._given:
            # No word has a line below it, so with its end behind it no name begins another one.
            name = f"{self.prefix}{joint}{len(self._given)}_{word}"[:longest]
        self._given.add(name)
        return name
