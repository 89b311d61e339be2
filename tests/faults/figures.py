"""What a run has shown, as figures."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """The figures of one scenario.

    Attributes:
        sent: tasks, or events in each queue that gets them.
        done: of these, how many have taken effect.
        twice: effects beyond the first of each.
        lost: neither done nor a dead letter nor expected to be one.
        again: executions beyond the first of each attempt.
        retried: executions of later attempts.
        dead: dead letters by reason.
        faults: how often the fault happened.
    """

    name: str
    sent: int
    done: int
    twice: int
    lost: int
    again: int
    retried: int
    faults: int
    seconds: float
    dead: Mapping[str, int] = field(default_factory=dict)


def repeated(values: Iterable[object]) -> int:
    """Return how many values there are beyond the first of each."""
    return sum(count - 1 for count in Counter(values).values())


_HEAD = (
    "| Scenario | Faults | Sent | Done | Twice | Lost | Dead letters | Retried"
    " | Run again | Seconds |\n|---|--:|--:|--:|--:|--:|---|--:|--:|--:|"
)


def table(figures: Sequence[Figures]) -> str:
    """Return them as a table in Markdown."""
    return "\n".join([_HEAD, *map(_row, figures)])


def _row(figures: Figures) -> str:
    dead = ", ".join(f"{reason} {count}" for reason, count in sorted(figures.dead.items()))
    cells = (
        figures.name,
        figures.faults,
        figures.sent,
        figures.done,
        figures.twice,
        figures.lost,
        dead or "none",
        figures.retried,
        figures.again,
        f"{figures.seconds:.1f}",
    )
    return f"| {' | '.join(map(str, cells))} |"
