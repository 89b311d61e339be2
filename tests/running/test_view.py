"""`generator up --view` fills a terminal, starts services again by a key, and ends like `up`."""

import os
import re
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.running.support import Shop, get, is_gone, wait_until
from tests.support.cli import Cli
from tests.support.terminal import terminal

LISTENS = "listening with the key ***"


def test_a_service_is_seen_started_again_by_a_key_and_drained_by_another(
    shop: Shop, port: int, other_port: int
) -> None:
    shop.add("items-data", port, prepare="migrate")
    shop.add("bystander", other_port)
    with terminal(shop.cli, "up", "--view", cwd=shop.root) as screen:
        screen.wait_for(f"http://127.0.0.1:{port}")
        wait_until(shop.is_ready)
        screen.wait_for(LISTENS)
        first, other = shop.service("items-data").pid, shop.service("bystander").pid
        # The table is in the order of the links, then of the names.
        screen.type("\x1b[B").type("r").wait_for("Restarting items-data")
        wait_until(lambda: shop.marks.count("items-data started") == 2)
        wait_until(lambda: shop.service("items-data").state == "ready")
        again = shop.service("items-data")
        assert again.pid not in {None, first}
        # Nothing went wrong: it was asked for.
        assert (again.restarts, again.note) == (0, "")
        assert shop.service("bystander").pid == other
        screen.type("q")
        assert screen.end() == 0, screen.text
    assert screen.lines_below == ["Stopping: every service has its grace time.", "Stopped."]
    ours = [mark.partition(" ")[2] for mark in shop.marks if mark.startswith("items-data")]
    assert ours == ["migrate", "started", "drained", "migrate", "started", "drained"]
    assert shop.processes() == []


def test_ctrl_c_on_the_screen_ends_it_as_everywhere(shop: Shop, port: int) -> None:
    shop.add("items-data", port)
    with terminal(shop.cli, "up", "--view", cwd=shop.root) as screen:
        screen.wait_for(LISTENS).type("\x03")
        assert screen.end() == 130, screen.text
    assert screen.lines_below == ["Stopping: every service has its grace time.", "Stopped."]
    assert shop.marks == ["items-data started", "items-data drained"]


def test_a_key_ends_it_while_services_start_too(shop: Shop, port: int) -> None:
    shop.add("items-data", port, "slow")
    with terminal(shop.cli, "up", "--view", cwd=shop.root) as screen:
        screen.wait_for(LISTENS).type("q")
        assert screen.end() == 0, screen.text
    assert shop.processes() == []


def test_a_second_ctrl_c_waits_for_no_grace_time(shop: Shop, port: int) -> None:
    shop.add("items-data", port, "ignores-term", stop=600)
    with terminal(shop.cli, "up", "--view", cwd=shop.root) as screen:
        screen.wait_for(LISTENS)
        wait_until(shop.is_ready)
        screen.type("q").wait_for("stopping")
        # What has been asked for is not asked for twice by a key that is patient.
        screen.type("q\x03")
        assert screen.end() == 130, screen.text
    assert shop.processes() == []


def test_a_service_that_does_not_start_is_told_below(shop: Shop, port: int) -> None:
    shop.add("items-data", port, "exits")
    with terminal(shop.cli, "up", "--view", cwd=shop.root) as screen:
        assert screen.end() == 1, screen.text
    cause = "error: items-data ended with exit code 7 before it was ready: "
    assert f"{cause}the moon is in the wrong phase" in screen.lines_below


def test_nothing_of_a_line_is_obeyed(shop: Shop, port: int) -> None:
    shop.add("items-data", port, "hostile")
    with terminal(shop.cli, "up", "--view", cwd=shop.root) as screen:
        screen.wait_for("one two").wait_for("three").wait_for("four")
        screen.wait_for("[bold red]five[/bold red] [link=file:///etc/passwd]six[/link]")
        screen.type("q")
        assert screen.end() == 0, screen.text
    for obeyed in (b"\x1b]0;", b"\x1b[2J", "\u202e".encode(), "\u009b".encode(), b"\x1b]8;"):
        assert obeyed not in screen.raw


def test_without_colours_none_is_sent_and_the_cursor_is_seen(shop: Shop, port: int) -> None:
    shop.add("items-data", port)
    with terminal(shop.cli, "up", "--view", cwd=shop.root, env={"NO_COLOR": "1"}) as screen:
        screen.wait_for(LISTENS)
        wait_until(shop.is_ready)
        screen.type("q")
        assert screen.end() == 0, screen.text
    styles = {
        style for one in re.findall(rb"\x1b\[([0-9;]*)m", screen.raw) for style in one.split(b";")
    }
    # Bold, dim, reversed, and the terminal's own two colours.
    assert styles <= {b"", b"0", b"1", b"2", b"7", b"39", b"49"}
    assert re.search(rb"\x1b\[[0-9;]*\b7\b[0-9;]*m items-data", screen.raw)


@pytest.mark.parametrize("told", [{}, {"COLUMNS": "80", "LINES": "24"}])
def test_it_fits_itself_to_the_terminal(shop: Shop, port: int, told: dict[str, str]) -> None:
    shop.add("items-data", port)
    with terminal(shop.cli, "up", "--view", cwd=shop.root, env=told) as screen:
        screen.wait_for(LISTENS)
        screen.forget()
        screen.resize(8, 40)
        screen.wait_for("This terminal is too small")
        screen.resize(30, 100)
        screen.wait_for(LISTENS)
        screen.resize(1, 1)
        screen.resize(8, 40)
        screen.wait_for("This terminal is too small")
        screen.type("q")
        assert screen.end() == 0, screen.text


def test_a_flood_of_lines_fills_no_memory_and_hides_no_other_service(
    shop: Shop, port: int, other_port: int
) -> None:
    shop.add("noisy", port, "floods")
    shop.add("quiet", other_port)
    with terminal(shop.cli, "up", "--view", cwd=shop.root) as screen:
        screen.wait_for("lines are left out here: generator logs has them")
        wait_until((shop.up_folder / "logs/noisy.log.1").exists)
        wait_until(shop.is_ready)
        get(f"http://127.0.0.1:{other_port}/", {"X-Request-ID": "abc-1"})
        screen.type("/abc-1\r").wait_for("asked request_id=abc-1")
        peaks = [peak_of(pid) for pid in (screen.process.pid, view_of(screen.process.pid))]
        screen.type("q")
        assert screen.end() == 0, screen.text[-4000:]
    assert max(peaks) < 250_000, peaks


def test_what_was_killed_takes_the_view_along_and_drains_every_service(
    shop: Shop, port: int
) -> None:
    shop.add("items-data", port)
    with terminal(shop.cli, "up", "--view", cwd=shop.root) as screen:
        screen.wait_for(LISTENS)
        view = view_of(screen.process.pid)
        screen.process.kill()
        wait_until(lambda: not shop.processes())
        wait_until(lambda: is_gone(view))
        # The terminal is left as it was found: that is asked where the block ends.
        assert screen.end() == -signal.SIGKILL
    assert shop.marks == ["items-data started", "items-data drained"]


def test_a_view_that_is_killed_ends_all_and_the_terminal_is_given_back(
    shop: Shop, port: int
) -> None:
    shop.add("items-data", port)
    with terminal(shop.cli, "up", "--view", cwd=shop.root) as screen:
        screen.wait_for(LISTENS)
        os.kill(view_of(screen.process.pid), signal.SIGKILL)
        assert screen.end() == 5, screen.text
    assert "error: The view ended by itself (exit code -9), so everything was stopped." in (
        screen.lines_below
    )
    assert shop.marks == ["items-data started", "items-data drained"]
    assert shop.processes() == []


def test_a_terminal_that_is_closed_ends_all(shop: Shop, port: int) -> None:
    shop.add("items-data", port)
    with terminal(shop.cli, "up", "--view", cwd=shop.root) as screen:
        screen.wait_for(LISTENS)
        view = view_of(screen.process.pid)
        screen.hang_up()
        screen.end()
        wait_until(lambda: is_gone(view))
    assert shop.marks == ["items-data started", "items-data drained"]
    assert shop.processes() == []


def test_a_signal_for_both_processes_is_one_for_the_system(shop: Shop, port: int) -> None:
    shop.add("items-data", port)
    with terminal(shop.cli, "up", "--view", cwd=shop.root) as screen:
        screen.wait_for(LISTENS)
        os.killpg(screen.process.pid, signal.SIGTERM)
        assert screen.end() == 130, screen.text
    assert screen.lines_below == ["Stopping: every service has its grace time.", "Stopped."]
    assert shop.marks == ["items-data started", "items-data drained"]


@pytest.mark.parametrize("option", ["--detach", "--until-ready", "--quiet", "--json"])
def test_what_leaves_the_terminal_alone_is_refused(shop: Shop, port: int, option: str) -> None:
    shop.add("items-data", port)
    refused = shop("up", "--view", option).failed(2)
    assert f"error: --view fills the terminal, and {option} leaves it alone." in refused.stderr
    assert shop.marks == []


def test_without_a_terminal_it_is_refused(shop: Shop, port: int) -> None:
    shop.add("items-data", port)
    assert (
        "error: --view fills a terminal, and this is none." in shop("up", "--view").failed(2).stderr
    )
    with terminal(shop.cli, "up", "--view", cwd=shop.root, env={"TERM": "dumb"}) as screen:
        assert screen.end() == 2
    assert shop.marks == []


def test_without_the_extra_it_is_named(shop: Shop, port: int) -> None:
    shop.add("items-data", port)
    cli = WithoutTextual(checkout=shop.cli.checkout, environment=shop.cli.environment)
    with terminal(cli, "up", "--view", cwd=shop.root) as screen:
        assert screen.end() == 6
    assert "generator[view]" in screen.text
    assert shop.marks == []


class WithoutTextual(Cli):
    """The command line where the extra is not installed."""

    def command(self, *arguments: str) -> list[str]:
        hidden = "import sys; sys.modules['textual'] = None; from generator.cli import main; main()"
        return [sys.executable, "-c", hidden, *arguments]


def view_of(pid: int) -> int:
    """The process that draws for this one."""
    for child in psutil.Process(pid).children():
        if "generator.cli.screen" in child.cmdline():
            return child.pid
    raise AssertionError("there is no view")


def peak_of(pid: int) -> int:
    """The most memory that a process has had, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
