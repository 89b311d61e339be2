"""Arranges boxes in columns and draws arrows between them; lengths are pixels."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal
from unicodedata import east_asian_width

Side = Literal["left", "right"]
Point = tuple[float, float]

# The width of a character is that of a monospaced font of 13 px.
_CHARACTER, _LINE, _PAD, _LONGEST = 7.9, 20.0, 12.0, 34
_TOP, _MARGIN, _GAP, _BETWEEN, _LEGEND = 56.0, 24.0, 110.0, 18.0, 34.0
_LEAST_WIDTH = 640.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """What is to be placed.

    Attributes:
        key: by which arrows name it.
        kind: what it shows.
        tip: what a reader is told who points at it.
        lines: texts below the title, each with the key by which arrows name it.
    """

    key: str
    kind: str
    title: str
    tip: str
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """An arrow to be drawn between two boxes or lines, and the sides at which it begins and ends.

    One between two boxes of a column has both ends at the same side.
    """

    kind: str
    source: str
    target: str
    sides: tuple[Side, Side]


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A box in its place; texts that are too long for it are cut."""

    kind: str
    title: str
    lines: tuple[str, ...]
    tip: str
    x: float
    y: float
    width: float

    @property
    def height(self) -> float:
        """As high as its texts need."""
        return _LINE * (1 + len(self.lines)) + _PAD

    @property
    def baselines(self) -> tuple[float, ...]:
        """Where its texts stand, the title first."""
        return tuple(self.y + _LINE * (row + 1) for row in range(1 + len(self.lines)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """An arrow: where it begins, is bent twice, and ends."""

    kind: str
    points: tuple[Point, Point, Point, Point]


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """Boxes and arrows in their places.

    Attributes:
        width: of the paper that it needs; `height` likewise.
        heads: the columns' titles, each with where it begins.
        legend: how far down an explanation stands.
    """

    width: float
    height: float
    heads: tuple[tuple[str, float], ...]
    cards: tuple[Card, ...]
    curves: tuple[Curve, ...]
    legend: float


def arrange(columns: Mapping[str, Sequence[Box]], edges: Sequence[Edge]) -> Picture:
    """Place each column's boxes below each other, and the columns side by side.

    Args:
        columns: by title, from left to right.
        edges: between their boxes and lines; all are there.
    """
    widths = [_width(boxes) for boxes in columns.values()]
    starts = list(accumulate((width + _GAP for width in widths), initial=_MARGIN))
    cards: dict[str, Card] = {}
    for boxes, x, width in zip(columns.values(), starts, widths, strict=False):
        cards |= _stacked(boxes, x, width)
    bottom = max((card.y + card.height for card in cards.values()), default=_TOP)
    ends = _ends([box for boxes in columns.values() for box in boxes], cards, edges)
    return Picture(
        width=max(starts[-1] - _GAP + _MARGIN, _LEAST_WIDTH),
        height=bottom + _LEGEND + _MARGIN,
        heads=tuple(zip(columns, starts, strict=False)),
        cards=tuple(cards.values()),
        curves=tuple(_curve(edge, *ends[number]) for number, edge in enumerate(edges)),
        legend=bottom + _LEGEND,
    )


def _width(boxes: Iterable[Box]) -> float:
    texts = (text for box in boxes for text in (box.title, *(line for _, line in box.lines)))
    cells = max((_cells(_shortened(text)) for text in texts), default=0)
    return round(cells * _CHARACTER + 2 * _PAD, 1)


def _cells(text: str) -> int:
    """How many cells of a monospaced font a text takes."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _shortened(text: str) -> str:
    if _cells(text) <= _LONGEST:
        return text
    kept = text[:_LONGEST]
    while _cells(kept) >= _LONGEST:
        kept = kept[:-1]
    return f"{kept}…"


def _stacked(boxes: Sequence[Box], x: float, width: float) -> Iterator[tuple[str, Card]]:
    y = _TOP
    for box in boxes:
        lines = tuple(_shortened(text) for _, text in box.lines)
        title = _shortened(box.title)
        card = Card(kind=box.kind, title=title, lines=lines, tip=box.tip, x=x, y=y, width=width)
        yield box.key, card
        y += card.height + _BETWEEN


def _ends(
    boxes: Sequence[Box], cards: Mapping[str, Card], edges: Sequence[Edge]
) -> list[tuple[Point, Point]]:
    """Where each arrow begins and ends: those at one side of a box are spread over its height."""
    rows = {key: (cards[box.key], row) for box in boxes for row, (key, _) in enumerate(box.lines)}
    # Where the lines have arrows of their own, those of the whole box are at its title.
    apart = {cards[box.key] for box in boxes if any(key for key, _ in box.lines)}
    heights = {
        key: _LINE + _PAD / 2 if card in apart else card.height for key, card in cards.items()
    }
    middles = {key: card.y + heights[key] / 2 for key, card in cards.items()}
    middles |= {key: card.baselines[row + 1] - 5 for key, (card, row) in rows.items()}
    at: dict[tuple[str, Side], list[tuple[float, int, int]]] = defaultdict(list)
    for number, edge in enumerate(edges):
        at[edge.source, edge.sides[0]].append((middles[edge.target], number, 0))
        at[edge.target, edge.sides[1]].append((middles[edge.source], number, 1))
    found: list[list[Point]] = [[(0, 0), (0, 0)] for _ in edges]
    for (key, side), meeting in at.items():
        card = cards[key] if key in cards else rows[key][0]
        x = card.x + (card.width if side == "right" else 0)
        for place, (_, number, end) in enumerate(sorted(meeting), start=1):
            share = place / (len(meeting) + 1)
            y = card.y + heights[key] * share if key in cards else middles[key]
            found[number][end] = (x, round(y, 1))
    return [(start, end) for start, end in found]


def _curve(edge: Edge, start: Point, end: Point) -> Curve:
    """Level where it begins and ends; between boxes of one column it makes an arc beside them."""
    bend = _GAP * 0.5
    if edge.sides[0] == edge.sides[1]:
        bend = min(_GAP - 20, 30 + abs(start[1] - end[1]) / 8)
    out, back = (-bend if side == "left" else bend for side in edge.sides)
    points = (start, (start[0] + out, start[1]), (end[0] + back, end[1]), end)
    return Curve(kind=edge.kind, points=points)
