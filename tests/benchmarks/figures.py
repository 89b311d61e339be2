"""What a benchmark hands to the report: rows of figures and the ratios that matter."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One subject and its figures, each under its column's title with the unit in it."""

    subject: str
    figures: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ratio:
    """One comparison.

    Attributes:
        what: in words, ours first.
        value: ours divided by the peer's.
        limit: what it may be at most; None where there is no such budget.
        floor: what it must be at least; None where there is no such budget.
    """

    what: str
    value: float
    limit: float | None = None
    floor: float | None = None

    @property
    def verdict(self) -> str:
        """Whether the budget is kept; empty without one."""
        if self.floor is not None:
            return f"{'at least' if self.value >= self.floor else 'below'} {self.floor:g}"
        if self.limit is None:
            return ""
        return f"{'within' if self.value <= self.limit else 'over'} {self.limit:g}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """All that one benchmark found.

    Attributes:
        title: what was measured.
        rows: the figures; every row has the same columns.
        ratios: what to read first.
        notes: what a reader must know to trust the figures.
    """

    title: str
    rows: tuple[Row, ...]
    ratios: tuple[Ratio, ...]
    notes: tuple[str, ...] = ()
