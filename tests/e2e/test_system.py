"""A service of each kind as real processes: the rendered scenarios pass while parts are killed."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.backing.machine import open_folder
from tests.support.cli import Cli

# Environments, every service, the scenarios, and a start of each part after it was killed.
SECONDS = 1200
pytestmark = [pytest.mark.slow, pytest.mark.timeout(SECONDS + 100)]
# Said by what starts the tests; everywhere else the broker is there or the test is red.
WORKING = os.environ.get("RABBITMQ") != "no"
SERVERS = {"postgres", "rabbitmq", "redis"}
SERVICES = 4


@pytest.fixture(scope="module")
def shop(cli: Cli, pristine_workspace: Path) -> Iterator[Path]:
    """A workspace with a service of each kind; without RabbitMQ, with two."""
    folder = open_folder()
    shop = folder / "shop"
    shutil.copytree(pristine_workspace, shop, symlinks=True)
    outbox, tasks = ("outbox", ",tasks") if WORKING else ("", "")
    calling = ("--data-service", "users-data")
    added = {
        "users-data": ("data-postgres", "--with", outbox),
        "users-api": ("fastapi", *calling, "--with", f"auth,cache{tasks}"),
    }
    if WORKING:
        added |= {"media-worker": ("worker", *calling), "support-bot": ("aiogram", *calling)}
    for name, (template, *rest) in added.items():
        # Locked once, by the last one.
        unlocked = () if name == [*added][-1] else ("--no-lock",)
        cli("new-service", template, name, *rest, "--no-verify", *unlocked, cwd=shop).ok()
    yield shop
    shutil.rmtree(folder)


def test_the_system_passes_its_own_scenarios_and_loses_nothing_while_parts_are_killed(
    cli: Cli, shop: Path
) -> None:
    done = cli("verify", "--system", "--json", cwd=shop, seconds=SECONDS).ok()
    report = done.json()
    rows = {one["name"]: one["checks"] for one in report["subjects"]}
    assert [check["check"] for check in rows.pop("system")] == ["start", "recovery"]
    passed = {name: check["tests"]["passed"] for name, [check] in rows.items()}
    # Each part is killed alone, then all services at once and all servers.
    killed = SERVICES + len(SERVERS) + 2
    assert passed == (
        {"users-api/accounts": 4, "support-bot/photos": 1 + killed} if WORKING else {}
    )
    used = {one["kind"] for one in report["backing"]}
    assert used == (SERVERS if WORKING else {"postgres", "redis"})
    if WORKING:
        assert "is in the logs of" in done.stderr


@pytest.mark.skipif(not WORKING, reason="RabbitMQ is not here")
def test_dashboard_and_alerts_ask_for_what_the_services_measure(cli: Cli, shop: Path) -> None:
    cli("up", "--until-ready", "--fake-telegram", cwd=shop).ok()
    try:
        lines = cli("logs", cwd=shop).ok().stdout
        served = set(re.findall(r"http://[\d.]+:\d+/metrics", lines))
        assert len(served) == SERVICES
        measured = {name for url in served for name in metrics_of(url)}
    finally:
        cli("down", cwd=shop).ok()
    folder = shop / "infra/observability"
    asked: set[str] = set()
    for path in (folder / "alerts.yml", folder / "grafana/services.json"):
        words = re.findall(r"\b[a-z]\w*_\w+(?=\{|\[|\s*[)>]| > )", path.read_text(encoding="utf-8"))
        asked |= {word for word in words if word not in {"histogram_quantile", "label_values"}}
    assert len(asked) > 10
    assert asked <= measured


def metrics_of(url: str) -> Iterator[str]:
    """The series that a service has, by the lines that say their kind."""
    parts = {"histogram": ("_bucket", "_count", "_sum")}
    text = httpx2.get(url, timeout=30).text
    for metric, kind in re.findall(r"(?m)^# TYPE (\w+) (\w+)$", text):
        yield from (f"{metric}{part}" for part in parts.get(kind, ("",)))
