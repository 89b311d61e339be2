"""What a person sees of a running system, on a terminal and while its code changes."""

import os
import re
import signal
import subprocess

from generator.running import Usage, UsageMeter
from tests.running.support import Shop, wait_until
from tests.support.terminal import ControllingCli, on_terminal


def test_a_terminal_shows_words_and_a_table_and_ctrl_c_drains(shop: Shop, port: int) -> None:
    shop.add("items-data", port)
    cli = ControllingCli(checkout=shop.cli.checkout, environment=shop.cli.environment)
    # The table has what a service takes from its second look on.
    code, shown = on_terminal(cli, "up", cwd=shop.root, keys=[("MiB", "\x03")])
    assert code == 130, shown
    assert "items-data | " in shown
    assert f"http://127.0.0.1:{port}" in shown
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", shown)
    assert "service     state" in plain
    assert "listening with the key ***" in shown
    assert "Stopping: every service has its grace time.\r\n" in plain
    assert "Stopped.\r\n" in plain
    # The table is wiped away at last: what stays on the screen are lines.
    assert "memory" not in shown.rpartition("\x1b[J")[2]
    assert shop.marks == ["items-data started", "items-data drained"]


def test_a_change_of_code_starts_that_service_again_and_no_other(
    shop: Shop, port: int, other_port: int
) -> None:
    shop.add("items-data", port, prepare="migrate")
    shop.add("bystander", other_port)
    folder = shop.root / "services/items-data"
    (folder / "tests").mkdir()
    code = (folder / "tiny.py").read_text()
    with shop.running("--watch") as up:
        up.wait()
        first = shop.service("items-data").pid
        (folder / "tests/test_tiny.py").write_text("a test is read by no process\n")
        (folder / "tiny.py").write_text(code.replace('mark("started")', 'mark("changed")'))
        wait_until(lambda: "items-data changed" in shop.marks)
        wait_until(lambda: shop.service("items-data").state == "ready")
        assert shop.service("items-data").pid != first
        # What does not even start is told, and the next change may put it right.
        (folder / "tiny.py").write_text("a fault, and no Python\n")
        wait_until(lambda: "ended with exit code 1" in shop.service("items-data").note)
        (folder / "tiny.py").write_text(code)
        wait_until(lambda: shop.marks[-1] == "items-data started")
        wait_until(lambda: shop.service("items-data").state == "ready")
        assert shop.service("bystander").restarts == 0
        up.end(signal.SIGINT)
    assert up.stderr.count("Changed: items-data.") == 3
    ours = [mark.partition(" ")[2] for mark in shop.marks if mark.startswith("items-data")]
    assert ours == [
        "migrate", "started", "drained", "migrate", "changed", "drained", "migrate", "started",
        "drained",
    ]  # fmt: skip
    assert "bystander started" in shop.marks


def test_what_a_process_takes_is_that_of_its_children_too() -> None:
    burn = "import time; e = time.monotonic() + 60\nwhile time.monotonic() < e: pass"
    with subprocess.Popen(["/bin/sh", "-c", f'python3 -c "{burn}" & echo; wait'],
                          stdout=subprocess.PIPE, start_new_session=True) as parent:  # fmt: skip
        try:
            assert parent.stdout
            parent.stdout.readline()
            meter = UsageMeter()
            meter.read([parent.pid])

            def is_seen() -> bool:
                taken = meter.read([parent.pid, 1 << 30])
                assert list(taken) == [parent.pid]
                return isinstance(taken[parent.pid], Usage) and taken[parent.pid].cpu > 5

            wait_until(is_seen)
        finally:
            os.killpg(parent.pid, signal.SIGKILL)
