"""`generator up` starts services in order, keeps them running, and leaves nothing behind."""

import os
import shutil
import signal
import socket
from pathlib import Path

import pytest

from tests.backing.machine import open_folder
from tests.running.support import (
    Shop,
    environment_of,
    get,
    is_gone,
    lines_of,
    make_shop,
    wait_until,
)
from tests.support.checkout import PROJECT
from tests.support.cli import Cli, run_below


def test_services_start_in_the_order_of_their_links_and_find_each_other(
    shop: Shop, port: int, other_port: int
) -> None:
    shop.add("items-api", other_port, calls="items-data")
    shop.add("items-data", port, prepare="migrate")
    ready = shop("up", "--until-ready", "--json").ok().json()
    shown = shop("ps", "--json").ok().json()
    assert (shown["pid"], shown["phase"]) == (ready["pid"], "ready")
    assert shown["services"][0].keys() == ready["services"][0].keys()
    assert shown["services"][0]["memory_bytes"] > 1_000_000
    table = shop("ps").ok().stdout
    assert all(word in table for word in ("items-api", "ready", " MiB", f":{port}"))
    assert (ready["running"], ready["phase"]) == (True, "ready")
    assert [one["name"] for one in ready["services"]] == ["items-data", "items-api"]
    assert [one["url"].rpartition(":")[2] for one in ready["services"]] == [
        str(port),
        str(other_port),
    ]
    assert shop.marks == ["items-data migrate", "items-data started", "items-api started"]
    told = environment_of(f"http://127.0.0.1:{other_port}")
    assert told["CALLS_URL"] == f"http://127.0.0.1:{port}/api"
    assert told["FILES"] == f"file://{shop.up_folder}/volumes/files"
    assert told["SOME_API_KEY"] == "nobody-is-to-see-this"
    shop("down").ok()
    # Whoever calls ends before whom it calls.
    assert shop.marks[3:] == ["items-api drained", "items-data drained"]
    assert shop("ps", "--json").ok().json()["running"] is False
    assert shop.processes() == []


def test_a_service_is_started_with_those_that_it_calls_and_no_others(
    shop: Shop, port: int, other_port: int
) -> None:
    shop.add("items-data", port)
    shop.add("items-api", other_port, calls="items-data")
    shop.add("bystander", port)
    ready = shop("up", "items-api", "--until-ready", "--json").ok().json()
    assert [one["name"] for one in ready["services"]] == ["items-data", "items-api"]
    shop.down()
    shop("up", "no-such").failed(2)


def test_a_second_up_is_refused_and_the_first_goes_on(shop: Shop, port: int) -> None:
    shop.add("items-data", port)
    with shop.running() as first:
        first.wait()
        for words in (["up"], ["up", "--detach"], ["up", "--until-ready"]):
            refused = shop(*words).failed(3)
            assert f"is up already (process {first.process.pid})" in refused.stderr
        assert get(f"http://127.0.0.1:{port}/ready")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_drains_every_service(shop: Shop, port: int, number: signal.Signals) -> None:
    shop.add("items-data", port)
    with shop.running() as up:
        ended = up.wait().end(number)
    assert ended.process.returncode == 130
    assert shop.marks == ["items-data started", "items-data drained"]
    assert shop.processes() == []
    assert ended.stderr.splitlines()[-2:] == [
        "Stopping: every service has its grace time.",
        "Stopped.",
    ]


def test_a_signal_while_services_start_leaves_nothing_behind(shop: Shop, port: int) -> None:
    shop.add("items-data", port, "slow")
    with shop.running() as up:
        wait_until(lambda: shop.marks)
        assert up.end(signal.SIGTERM).process.returncode == 130
    assert shop.processes() == []


def test_what_was_killed_takes_everything_along_and_can_be_started_again(
    shop: Shop, port: int
) -> None:
    shop.add("items-data", port)
    with shop.running() as up:
        up.wait()
        pid = shop.service("items-data").pid
        up.process.kill()
        up.end()
        again = shop("up", "--until-ready", "--json").ok().json()
    assert pid
    assert is_gone(pid)
    # Its guard has let it drain, and only then has the next one begun, on the same port.
    assert shop.marks == ["items-data started", "items-data drained", "items-data started"]
    assert again["services"][0]["url"] == f"http://127.0.0.1:{port}"


def test_the_next_up_waits_until_the_guard_of_a_killed_one_has_ended_everything(
    shop: Shop, port: int
) -> None:
    shop.add("items-data", port, "ignores-term", stop=1)
    with shop.running() as up:
        up.wait()
        up.process.kill()
        up.end()
        again = shop("up", "--until-ready", "--json").ok().json()
    assert again["services"][0]["url"] == f"http://127.0.0.1:{port}"


def test_a_taken_port_moves_the_service_and_whoever_calls_it_is_told(
    shop: Shop, port: int, other_port: int
) -> None:
    shop.add("items-data", port)
    shop.add("items-api", other_port, calls="items-data")
    with socket.create_server(("127.0.0.1", port)), shop.running() as up:
        up.wait()
        moved = shop.service("items-data").url
        assert moved != f"http://127.0.0.1:{port}"
        told = environment_of(f"http://127.0.0.1:{other_port}")
        assert told["CALLS_URL"] == f"{moved}/api"
        up.end(signal.SIGINT)
    number = moved.rpartition(":")[2]
    assert f"items-data: port {port} is taken, so it is {number} now.\n" in up.stderr


def test_a_service_that_never_gets_ready_ends_it_all_with_one_line(
    shop: Shop, port: int, other_port: int
) -> None:
    # Long enough for a busy machine to start it.
    shop.add("items-data", port, "never-ready", start=6)
    shop.add("items-api", other_port, calls="items-data")
    failed = shop("up").failed(1)
    assert "error: items-data did not get ready in 6 s: /ready said 503" in failed.stderr
    assert shop.processes() == []
    assert shop.marks == ["items-data started", "items-data drained"]


def test_a_service_that_exits_at_once_ends_it_all_and_its_words_are_shown(
    shop: Shop, port: int
) -> None:
    shop.add("items-data", port, "exits")
    failed = shop("up").failed(1)
    assert (
        "error: items-data ended with exit code 7 before it was ready: "
        "the moon is in the wrong phase\n"
    ) in failed.stderr
    answer = shop("up", "--until-ready", "--json")
    assert answer.failed(1).json()["error"]["code"] == "start"
    assert "the moon is in the wrong phase" in shop("logs", "items-data").ok().stdout


def test_a_service_that_ignores_sigterm_is_killed_after_its_grace_time(
    shop: Shop, port: int
) -> None:
    shop.add("items-data", port, "ignores-term", stop=1)
    with shop.running() as up:
        ended = up.wait().end(signal.SIGTERM)
    assert ended.process.returncode == 130
    assert "items-data did not end in its grace time, and was killed.\n" in ended.stderr
    assert shop.processes() == []


def test_a_service_that_crashes_is_started_again(shop: Shop, port: int) -> None:
    shop.add("items-data", port, "crashes")
    with shop.running() as up:
        up.wait()
        before = shop.service("items-data").pid
        get(f"http://127.0.0.1:{port}/crash")
        wait_until(lambda: shop.service("items-data").restarts)
        wait_until(lambda: shop.service("items-data").state == "ready")
        after = shop.service("items-data")
        assert (after.restarts, after.note) == (1, "ended with exit code 3")
        assert after.pid not in {None, before}


def test_a_service_that_floods_its_log_fills_neither_disk_nor_memory(
    shop: Shop, port: int, other_port: int
) -> None:
    shop.add("noisy", port, "floods")
    shop.add("quiet", other_port)
    with shop.running("--only", "quiet") as up:
        up.wait()
        log = shop.up_folder / "logs/noisy.log"
        wait_until(log.with_name("noisy.log.1").exists)
        begun = log.stat().st_ino
        wait_until(lambda: log.exists() and log.stat().st_ino != begun)
        assert get(f"http://127.0.0.1:{port}/ready")
        size = sum(path.stat().st_size for path in log.parent.glob("noisy.log*"))
        status = Path(f"/proc/{up.process.pid}/status").read_text()
        up.end(signal.SIGINT)
    assert size <= 2 * 16 * 1024 * 1024
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    assert int(peak.split()[1]) < 250_000
    assert up.stdout.splitlines() == ["quiet | listening with the key ***"]


def test_a_setting_that_is_missing_is_named_before_anything_starts(shop: Shop, port: int) -> None:
    shop.add("items-data", port)
    (shop.root / ".env").write_text("")
    failed = shop("up").failed(6)
    assert "error: items-data cannot be started: SOME_API_KEY is missing in .env." in failed.stderr
    shop("up", "--until-ready").failed(6)
    assert shop.marks == []


def test_a_read_only_workspace_is_named(shop: Shop, port: int, powerless: list[str]) -> None:
    shop.add("items-data", port)
    shop.root.chmod(0o555)
    try:
        for words in (["up"], ["up", "--until-ready"]):
            failed = run_below(shop.cli, powerless, *words, cwd=shop.root).failed(2)
            assert f"{shop.up_folder}" in failed.stderr
    finally:
        shop.root.chmod(0o755)
    assert shop.marks == []


def test_data_of_another_major_version_are_named_and_kept(
    port: int, caches: dict[str, str]
) -> None:
    folder = open_folder()
    shop = make_shop(folder / "shop", Cli(checkout=PROJECT, environment=caches))
    shop.add("items-data", port, backing="postgres")
    data = shop.up_folder / "backing/postgres/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("12\n")
    for words in (["up"], ["up", "--until-ready"]):
        failed = shop(*words).failed(6)
        line = f"PostgreSQL cannot be used: {data.parent} holds data of PostgreSQL 12, and "
        assert any(one.startswith(f"error: {line}") for one in failed.stderr.splitlines())
        assert "hint: Put the programs of PostgreSQL 12 first on PATH" in failed.stderr
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]
    assert shop.marks == []
    shutil.rmtree(folder)


def test_logs_are_merged_by_time_filtered_by_request_and_hold_no_secret(
    shop: Shop, port: int, other_port: int
) -> None:
    shop.add("items-data", port)
    shop.add("items-api", other_port, calls="items-data")
    shop("up", "--until-ready").ok()
    for place in (other_port, port):
        get(f"http://127.0.0.1:{place}/", {"X-Request-ID": "abc-1"})
        get(f"http://127.0.0.1:{place}/", {"X-Request-ID": "abc-12"})
    wait_until(lambda: shop("logs", "--request-id", "abc-12").stdout.count("abc-12") == 2)
    found = lines_of(shop("logs", "--request-id", "abc-1", "--json").ok())
    assert [one["service"] for one in found] == ["items-api", "items-data"]
    everything = lines_of(shop("logs", "--json").ok())
    assert [one["moment"] for one in everything] == sorted(one["moment"] for one in everything)
    assert not any("nobody-is-to-see-this" in one["text"] for one in everything)
    assert len(shop("logs", "items-api", "-n", "1").ok().stdout.splitlines()) == 1
    log = shop.up_folder / "logs/items-api.log"
    assert log.stat().st_mode & 0o777 == 0o600
    shop.down()
    assert "abc-1" in shop("logs", "items-data").ok().stdout
    shop("logs", "no-such").failed(2)


def test_fresh_begins_without_what_was_kept(shop: Shop, port: int) -> None:
    shop.add("items-data", port)
    kept = shop.up_folder / "volumes/files/photo"
    kept.parent.mkdir(parents=True)
    kept.write_text("of a cat")
    shop("up", "--until-ready").ok()
    shop.down()
    assert kept.exists()
    shop("up", "--until-ready", "--fresh").ok()
    assert not kept.exists()
    assert os.path.lexists(shop.up_folder / "state.json")
