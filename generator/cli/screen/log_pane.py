"""The lines that services have said, as a pane that scrolls; only those in sight are drawn."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from generator.cli.log_format import without_controls, words_of
from generator.cli.screen.scrollback import Entry

MOST_ROWS = 10_000
_COLOURS = ("cyan", "green", "yellow", "magenta", "blue", "bright_cyan", "bright_green")
_LEVELS = {"debug": "dim", "warning": "yellow", "error": "bold red", "critical": "bold red"}
_DIM = Style(dim=True)


class Row(NamedTuple):
    """What stands on one line of the screen."""

    service: str
    clock: str
    level: str
    message: str
    rest: str


class LogPane(ScrollView, can_focus=False):
    """Rows, the newest at the bottom, where it stays unless somebody scrolls back.

    Nothing in a row is taken for markup, and no control character reaches the terminal.
    """

    following: reactive[bool] = reactive(default=True)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._names: list[str] = []
        self._widest = 0

    @property
    def rows(self) -> Sequence[Row]:
        """All rows that can be scrolled to."""
        return self._rows

    def replace(self, entries: Iterable[Entry]) -> None:
        """Show these lines and no others."""
        self._rows = []
        self._widest = 0
        self.append(entries)

    def append(self, entries: Iterable[Entry]) -> None:
        """Show these lines below the others; the first ones go when they are too many."""
        rows = [row for entry in entries for row in rows_of(entry)]
        if rows:
            self._widest = max(self._widest, *map(_width, rows))
            for row in rows:
                if row.service not in self._names:
                    self._names.append(row.service)
        self._rows += rows
        surplus = max(0, len(self._rows) - MOST_ROWS)
        del self._rows[:surplus]
        before = self._prefix_width
        self.virtual_size = Size(before + self._widest, len(self._rows))
        if self.following:
            self._to_end()
        elif surplus:
            # What is looked at stays in its place.
            self.scroll_to(y=self.scroll_y - surplus, animate=False, immediate=True, force=True)
        self.refresh()

    def follow(self, *, following: bool) -> None:
        """Stay at the newest row, or where it is."""
        self.following = following
        if following:
            self._to_end()

    def turn(self, pages: float) -> None:
        """Scroll by so many pages; at the end it follows again."""
        rows = pages * max(1, self.size.height - 1)
        self.scroll_to(y=self.scroll_y + rows, animate=False, immediate=True)
        self.following = self.scroll_y >= self.max_scroll_y

    def on_resize(self) -> None:
        """Stay at the newest row."""
        if self.following:
            self._to_end()

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        """Look at what was before."""
        self.following = False

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        """At the end, follow again."""
        self.following = self.scroll_y + 1 >= self.max_scroll_y

    def render_line(self, y: int) -> Strip:
        """What Textual draws at this line of the pane."""
        left, top = self.scroll_offset
        width = self.scrollable_content_region.width
        style = self.rich_style
        at = top + y
        if at >= len(self._rows):
            return Strip.blank(width, style)
        strip = Strip(self._segments(self._rows[at]))
        return strip.crop_extend(left, left + width, style).apply_style(style)

    def _to_end(self) -> None:
        # By force: at first there is nothing to scroll, by what was drawn last.
        self.scroll_end(animate=False, immediate=True, x_axis=False, force=True)

    @property
    def _prefix_width(self) -> int:
        return max(map(len, self._names), default=0) + 3

    def _segments(self, row: Row) -> list[Segment]:
        number = self._names.index(row.service)
        colour = Style(color=_COLOURS[number % len(_COLOURS)]) if row.service else _DIM
        shown = [Segment(f"{row.service:<{self._prefix_width - 3}} │ ", colour)]
        if row.clock:
            shown.append(Segment(f"{row.clock} ", _DIM))
        if row.level in _LEVELS:
            shown.append(Segment(f"{row.level} ", Style.parse(_LEVELS[row.level])))
        shown.append(Segment(row.message))
        if row.rest:
            shown.append(Segment(f" {row.rest}", _DIM))
        return shown


def rows_of(entry: Entry) -> list[Row]:
    """A line as it stands on the screen; a stack trace has a row for each of its lines."""
    clock = entry.moment[11:19]
    words = words_of(entry.text)
    if words is None:
        return [Row(entry.service, clock, "", without_controls(entry.text), "")]
    first, *more = words.message.splitlines() or [""]
    rest = " ".join(words.rest.split("\n"))
    below = [*more, *(f"    {line}" for line in words.stack)]
    return [
        Row(entry.service, clock, words.level, first, rest),
        *(Row(entry.service, "", "", f"         {line}", "") for line in below),
    ]


def _width(row: Row) -> int:
    # Letters of two columns count twice, so that the last of them can be scrolled to.
    length = sum(map(len, row)) + 3
    return length if row.message.isascii() and row.rest.isascii() else 2 * length
