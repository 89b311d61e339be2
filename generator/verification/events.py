"""What a verification tells while it goes on, for whoever draws its progress."""

from collections.abc import Callable
from dataclasses import dataclass

from generator.verification.model import Check, CheckResult


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """Sent once, first: what will be reported, by subject."""

    checks: tuple[tuple[str, tuple[Check, ...]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Remaining:
    """Sent once, when the cache was asked: what is really run, by subject."""

    checks: tuple[tuple[str, tuple[Check, ...]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A check begins to run."""

    subject: str
    check: Check


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """A check has its result; cached and not-run ones never started."""

    result: CheckResult


Event = Planned | Remaining | Started | Finished

# Called from several threads, but never twice at the same time.
OnEvent = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Draw nothing."""
    del event
