"""`generator up --view` fills a terminal, starts services again by a key, and ends like `up`."""

from pathlib import Path

from tests.running.support import Shop, wait_until
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
