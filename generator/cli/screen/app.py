"""What fills the terminal: the services in a table, what they say below it, and the keys."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import IO, ClassVar

from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Footer, Input, Static

from generator.cli.log_format import without_controls
from generator.cli.screen.log_pane import LogPane
from generator.cli.screen.scrollback import LineFilter, Scrollback
from generator.cli.screen.wire import Asked, Said, Shown, asked_to_line, read_shown
from generator.cli.services_table import COLUMNS, RIGHT, rows_of_record
from generator.running import Phase, Record, Usage, UsageMeter
from generator.usecases.running_system import usage_of

_MOMENT = 0.1
_USAGE_SECONDS = 1.0
# Below that nothing of it can be read.
_LEAST_WIDTH, _LEAST_HEIGHT = 50, 12


class SystemScreen(App[None]):
    """A running system on the whole screen.

    Args:
        title: what stands above all.
        only: the services whose lines are shown at first; all when empty.
        ask: takes what a person asks for.
    """

    CSS = """
    #status { height: 1; text-style: bold; }
    #services { height: auto; max-height: 50%; }
    /* As every terminal shows it, light or dark, with colours and without. */
    #services > .datatable--cursor {
        text-style: reverse; color: ansi_default; background: ansi_default;
    }
    #services > .datatable--header {
        text-style: bold; color: ansi_default; background: ansi_default;
    }
    #logs { height: 1fr; border-top: solid $primary; }
    #filter { height: 1; border: none; padding: 0; display: none; }
    #small { display: none; }
    .small #small { display: block; }
    .small #status, .small #services, .small #logs, .small #filter, .small Footer { display: none; }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "end('quit')", "Quit"),
        Binding("r", "restart", "Restart"),
        Binding("enter,space", "choose", "Only this one", key_display="enter"),
        Binding("a", "all", "All"),
        # At once: what is typed after it must not be taken for keys any more.
        Binding("slash", "filter", "Filter", key_display="/", priority=True),
        Binding("f", "follow", "Follow"),
        # Before the table and the filter, which have uses of their own for them.
        Binding("pageup", "turn(-1)", "Back", priority=True),
        Binding("pagedown", "turn(1)", "Forth", show=False, priority=True),
        Binding("home", "first", "First", show=False, priority=True),
        Binding("end", "last", "Last", show=False, priority=True),
        Binding("left", "sideways(-8)", "Left", show=False, priority=True),
        Binding("right", "sideways(8)", "Right", show=False, priority=True),
        Binding("escape", "leave_filter", "No filter", show=False, priority=True),
        Binding("ctrl+q", "end('quit')", "Quit", show=False, priority=True),
        Binding("ctrl+c", "end('interrupt')", "Quit", show=False, priority=True),
    ]
    # Keys that belong to the text of the filter while somebody types there.
    _OF_TEXT = frozenset({"filter", "first", "last", "sideways"})

    def __init__(self, title: str, only: Sequence[str], *, ask: Callable[[bytes], object]) -> None:
        # The terminal's own colours, light or dark, are those that a person has chosen.
        super().__init__(ansi_color=True)
        self.theme = "ansi-dark"
        self._title = without_controls(title)
        self._ask = ask
        self._wanted = LineFilter(services=frozenset(only))
        self._scrollback = Scrollback()
        self._seen = 0
        self._record: Record | None = None
        self._drawn: tuple[Record | None, Mapping[str, Usage]] = (None, {})
        self._status_drawn = ""
        self._usage: Mapping[str, Usage] = {}
        self._meter = UsageMeter()
        self._over = threading.Event()
        # Held, not looked up: a last look may come when the screen is empty already.
        self._status = Static(id="status", markup=False)
        self._table: DataTable[Text] = DataTable(id="services", cursor_type="row")
        self._logs = LogPane()
        self._logs.id = "logs"
        hint = "a word or a request id; Escape ends it"
        self._input = Input(id="filter", placeholder=hint, compact=True)

    def hear(self, stream: IO[bytes]) -> None:
        """Take what is to be shown, in a thread of its own, until it ends; then the screen does."""
        try:
            for shown in read_shown(stream):
                self.show(shown)
        finally:
            self._over.set()

    def show(self, shown: Shown) -> None:
        """Let something be seen at the next moment; any thread may call it."""
        if isinstance(shown, Said):
            self._scrollback.add(shown.service, shown.moment, shown.lines)
        else:
            self._record = shown

    def compose(self) -> ComposeResult:
        """What there is on the screen, from above."""
        yield self._status
        yield self._table
        yield self._logs
        yield self._input
        yield Footer(show_command_palette=False)
        small = (
            f"This terminal is too small: {_LEAST_WIDTH} x {_LEAST_HEIGHT} is the least. q ends."
        )
        yield Static(small, id="small", markup=False)

    def on_mount(self) -> None:
        """Begin to look at what has come."""
        for title in COLUMNS:
            self._table.add_column(
                Text(title, justify="right" if title in RIGHT else "left"), key=title
            )
        self._table.focus()
        self.set_interval(_MOMENT, self._look)
        self.set_interval(_USAGE_SECONDS, self._measure)

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits."""
        is_small = event.size.width < _LEAST_WIDTH or event.size.height < _LEAST_HEIGHT
        self.screen.set_class(is_small, "small")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Whether a key does this now."""
        is_of_text = action in self._OF_TEXT and self._input.has_focus
        return not is_of_text and super().check_action(action, parameters) is True

    def _look(self) -> None:
        """Show what has come since the last moment."""
        self._seen, entries = self._scrollback.since(self._seen, self._wanted)
        if entries:
            self._logs.append(entries)
        if self._drawn != (self._record, self._usage):
            self._drawn = (self._record, self._usage)
            self._draw_table()
        self._draw_status()
        if self._over.is_set():
            self.exit()

    def _measure(self) -> None:
        if self._record:
            self._usage = usage_of(self._record, self._meter)

    def _draw_table(self) -> None:
        if self._record is None:
            return
        rows = rows_of_record(self._record, self._usage)
        table = self._table
        if [one[0].plain for one in rows] != [key.value for key in table.rows]:
            at = table.cursor_row
            table.clear()
            for row in rows:
                table.add_row(*row, key=row[0].plain)
            table.move_cursor(row=at)
            return
        for row in rows:
            for title, cell in zip(COLUMNS, row, strict=True):
                table.update_cell(row[0].plain, title, cell, update_width=True)

    def _draw_status(self) -> None:
        record = self._record
        parts = [self._title, record.phase if record else Phase.STARTING]
        if self._wanted.services:
            parts.append(f"only {', '.join(sorted(self._wanted.services))}")
        if self._wanted.text:
            parts.append(f"lines with {self._wanted.text!r}")
        parts.append("following" if self._logs.following else "scrolled back: f follows")
        if record:
            parts += [f"{name}: chat at {url}" for name, url in record.fakes.items()]
        status = " · ".join(parts)
        if status != self._status_drawn:
            self._status_drawn = status
            self._status.update(Text(status, no_wrap=True))

    def _want(self, wanted: LineFilter) -> None:
        self._wanted = wanted
        self._seen, entries = self._scrollback.since(0, wanted)
        self._logs.replace(entries)
        self._draw_status()

    def _chosen(self) -> str:
        """The service at the cursor; empty when there is none, as at a server."""
        at = self._table.cursor_row
        services = self._record.services if self._record else ()
        return services[at].name if 0 <= at < len(services) else ""

    def action_restart(self) -> None:
        """Ask for the service at the cursor to be started again."""
        if name := self._chosen():
            self._ask(asked_to_line(Asked.RESTART, name))

    def action_choose(self) -> None:
        """Show the lines of the service at the cursor and no others; a second time, all again."""
        chosen = frozenset(filter(None, [self._chosen()]))
        if chosen == self._wanted.services:
            chosen = frozenset()
        self._want(LineFilter(services=chosen, text=self._wanted.text))

    def on_data_table_row_selected(self) -> None:
        """Do as Enter does, which the table takes for itself, and as a click does."""
        self.action_choose()

    def action_all(self) -> None:
        """Show all lines."""
        self._input.value = ""
        self._want(LineFilter())

    def action_filter(self) -> None:
        """Let a person type what lines must hold."""
        self._input.display = True
        self.screen.set_focus(self._input)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what has been typed so far."""
        if event.value != self._wanted.text:
            self._want(LineFilter(services=self._wanted.services, text=event.value))

    def on_input_submitted(self) -> None:
        """Keep the filter, and give the keys back."""
        self._input.display = False
        self._table.focus()

    def action_leave_filter(self) -> None:
        """Show lines whatever they hold, and give the keys back."""
        self._input.value = ""
        self.on_input_submitted()

    def action_follow(self) -> None:
        """Stay at the newest line, or stay here."""
        self._logs.follow(following=not self._logs.following)

    def action_turn(self, pages: int) -> None:
        """Scroll by a page."""
        self._logs.turn(pages)

    def action_first(self) -> None:
        """Show the oldest line that is kept."""
        self._logs.turn(-len(self._logs.rows))

    def action_last(self) -> None:
        """Show the newest line, and follow."""
        self._logs.follow(following=True)

    def action_sideways(self, columns: int) -> None:
        """Show what is left or right of what is in sight."""
        for one in (self._logs, self._table):
            one.scroll_to(x=one.scroll_x + columns, animate=False, immediate=True)

    def action_end(self, asked: str) -> None:
        """Ask for the end of everything; this ends when all the rest has."""
        self._ask(asked_to_line(Asked(asked)))
