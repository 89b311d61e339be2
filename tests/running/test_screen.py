"""What is on the screen of `generator up --view`, and what its keys do there."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from generator.cli.screen.app import SystemScreen
from generator.cli.screen.log_pane import MOST_ROWS, LogPane
from generator.cli.screen.wire import Said
from generator.running import Phase, Record, ServerNote, ServiceStatus, State
from tests.running.support import DEADLINE

MOMENT = "2026-11-30T18:20:01.123456Z"
RECORD = Record(
    pid=1,
    phase=Phase.READY,
    since=MOMENT,
    services=(
        ServiceStatus(name="users-data", state=State.READY, url="http://127.0.0.1:8001"),
        ServiceStatus(name="users-api", state=State.FAILED, url="http://127.0.0.1:8000",
                      restarts=3, note="[red]ended[/red] with \x1b[2J"),
    ),
    servers=(ServerNote(kind="postgres", provider="installed", detail="17 from /usr/bin"),),
)  # fmt: skip
Play = Callable[["Seen"], Awaitable[None]]


class Seen:
    """The screen, and what a person has asked for there."""

    def __init__(self, screen: SystemScreen, pilot: Pilot[None], asked: list[bytes]) -> None:
        self.screen = screen
        self.pilot = pilot
        self._asked = asked

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [(one["asked"], one["name"]) for one in map(json.loads, self._asked)]

    @property
    def logs(self) -> LogPane:
        return self.screen.query_one(LogPane)

    @property
    def lines(self) -> list[str]:
        """What stands in the pane with the lines, as it is drawn."""
        height = self.logs.scrollable_content_region.height
        return [self.logs.render_line(y).text.rstrip() for y in range(height)]

    @property
    def services(self) -> list[str]:
        table = self.screen.query_one("DataTable")
        return ["|".join(cell.plain for cell in table.get_row(key)) for key in table.rows]  # type: ignore[attr-defined]

    def say(self, service: str, *lines: str) -> None:
        self.screen.show(Said(service=service, moment=MOMENT, lines=lines))

    async def until(self, seen: Callable[[], object]) -> None:
        async with asyncio.timeout(DEADLINE):
            while not seen():
                await self.pilot.pause(0.02)


@asynccontextmanager
async def opened(size: tuple[int, int], only: tuple[str, ...]) -> AsyncIterator[Seen]:
    asked: list[bytes] = []
    screen = SystemScreen("shop", only, ask=asked.append)
    async with screen.run_test(size=size) as pilot:
        screen.show(RECORD)
        seen = Seen(screen, pilot, asked)
        await seen.until(lambda: seen.services)
        yield seen


def play(part: Play, *, size: tuple[int, int] = (120, 30), only: tuple[str, ...] = ()) -> None:
    async def run() -> None:
        async with opened(size, only) as seen:
            await part(seen)

    asyncio.run(run())


def test_services_and_servers_are_rows_and_nothing_in_them_is_markup() -> None:
    async def part(seen: Seen) -> None:
        assert seen.services == [
            "users-data|ready|http://127.0.0.1:8001|0||||",
            "users-api|failed|http://127.0.0.1:8000|3||||[red]ended[/red] with \ufffd[2J",
            "postgres|server||||||17 from /usr/bin",
        ]

    play(part)


def test_the_row_with_the_cursor_is_started_again_and_a_server_is_not() -> None:
    async def part(seen: Seen) -> None:
        await seen.pilot.press("r", "down", "r", "down", "r")
        assert seen.asked == [("restart", "users-data"), ("restart", "users-api")]

    play(part)


def test_the_cursor_stays_when_the_rows_change() -> None:
    async def part(seen: Seen) -> None:
        await seen.pilot.press("down")
        more = ServiceStatus(name="worker", state=State.WAITING, url="http://127.0.0.1:8002")
        changed = Record(pid=1, phase=Phase.READY, since=MOMENT, services=(*RECORD.services, more))
        seen.screen.show(changed)
        await seen.until(lambda: seen.services[-1].startswith("worker"))
        await seen.pilot.press("r")
        assert seen.asked == [("restart", "users-api")]

    play(part)


def test_lines_are_filtered_by_service_and_by_what_is_typed() -> None:
    async def part(seen: Seen) -> None:
        request = '{"level": "error", "message": "GET [b]/x[/b]", "request_id": "abc-1"}'
        seen.say("users-data", "up", request)
        seen.say("users-api", "asked abc-1", "quit 007")
        await seen.until(lambda: len(seen.logs.rows) == 4)
        both = "users-data │ 18:20:01 error GET [b]/x[/b] request_id=abc-1"
        assert both in seen.lines
        # Keys are letters while somebody types.
        await seen.pilot.press("slash", *"abc-1", "enter")
        assert [row.service for row in seen.logs.rows] == ["users-data", "users-api"]
        await seen.pilot.press("enter")
        assert [row.service for row in seen.logs.rows] == ["users-data"]
        await seen.pilot.press("a")
        assert len(seen.logs.rows) == 4
        await seen.pilot.press("slash", *"q", "escape")
        assert (len(seen.logs.rows), seen.asked) == (4, [])
        seen.say("users-data", "more")
        await seen.until(lambda: len(seen.logs.rows) == 5)

    play(part)


def test_at_first_only_those_that_were_named_are_shown() -> None:
    async def part(seen: Seen) -> None:
        seen.say("users-data", "one")
        seen.say("users-api", "two")
        await seen.until(lambda: seen.logs.rows)
        assert [row.message for row in seen.logs.rows] == ["two"]

    play(part, only=("users-api",))


def test_what_is_scrolled_back_to_stays_until_it_is_followed_again() -> None:
    async def part(seen: Seen) -> None:
        seen.say("users-data", *map(str, range(MOST_ROWS)))
        await seen.until(lambda: seen.lines[-1].endswith(f" {MOST_ROWS - 1}"))
        await seen.pilot.press("pageup", "pageup")
        before = seen.lines
        seen.say("users-data", *["new"] * 50)
        await seen.until(lambda: seen.logs.rows[-1].message == "new")
        # As many rows as before, and what is looked at is where it was.
        assert len(seen.logs.rows) == MOST_ROWS
        assert seen.lines == before
        await seen.pilot.press("f")
        assert seen.lines[-1].endswith(" new")
        await seen.pilot.press("home")
        assert seen.lines[0].endswith(" 50")
        await seen.pilot.press("end")
        seen.say("users-data", "last")
        await seen.until(lambda: seen.lines[-1].endswith(" last"))

    play(part)


def test_long_lines_are_seen_by_moving_sideways() -> None:
    async def part(seen: Seen) -> None:
        seen.say("users-data", "x" * 150 + "THE END")
        await seen.until(lambda: seen.logs.rows)
        assert "THE END" not in "".join(seen.lines)
        await seen.pilot.press(*["right"] * 20)
        assert "THE END" in "".join(seen.lines)
        await seen.pilot.press(*["left"] * 20)
        assert seen.lines[0].startswith("users-data │")

    play(part)


def test_a_stack_trace_has_a_row_for_each_of_its_lines() -> None:
    async def part(seen: Seen) -> None:
        fault = {"message": "failed\nbadly", "exception.stacktrace": "Traceback:\n  at\x1b[2J x"}
        seen.say("users-data", json.dumps(fault))
        await seen.until(lambda: seen.logs.rows)
        shown = [row.message.strip() for row in seen.logs.rows]
        assert shown == ["failed", "badly", "Traceback:", "at\ufffd[2J x"]

    play(part)


@pytest.mark.parametrize(("key", "asked"), [("q", "quit"), ("ctrl+c", "interrupt")])
def test_the_end_is_asked_for_and_the_screen_stays(key: str, asked: str) -> None:
    async def part(seen: Seen) -> None:
        await seen.pilot.press(key)
        assert seen.asked == [(asked, "")]
        assert seen.screen.is_running

    play(part)


def test_a_small_terminal_is_told_and_its_keys_go_on() -> None:
    async def part(seen: Seen) -> None:
        assert seen.screen.query_one("#small").display
        assert not seen.screen.query_one("#services").display
        await seen.pilot.resize_terminal(80, 24)
        assert not seen.screen.query_one("#small").display
        await seen.pilot.resize_terminal(3, 2)
        await seen.pilot.press("q")
        assert seen.asked == [("quit", "")]

    play(part, size=(30, 5))
