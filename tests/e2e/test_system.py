"""A service of each kind as real processes: the rendered scenarios pass while parts are killed."""

import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image

from generator.running import Record
from generator.usecases.running_system import running_system
from generator.workspace import open_workspace
from tests.backing.machine import open_folder
from tests.e2e.collector import Collector, collecting
from tests.running.support import wait_until
from tests.support.administrator import enter_as_administrator
from tests.support.cli import Cli

# Environments, every service, the scenarios, and a start of each part after it was killed.
SECONDS = 1200
pytestmark = [pytest.mark.slow, pytest.mark.timeout(SECONDS + 100)]
# Said by what starts the tests; everywhere else the broker is there or the test is red.
WORKING = os.environ.get("RABBITMQ") != "no"
SERVERS = {"postgres", "rabbitmq", "redis"}
SERVICES = 4
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


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


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
def running(cli: Cli, shop: Path, collector: Collector) -> Iterator[Record]:
    """The services of the workspace, led to the collector by `.env`."""
    if not WORKING:
        pytest.skip("RabbitMQ is not here")
    with (shop / ".env").open("a") as file:
        file.write(f"OTEL_EXPORTER_OTLP_ENDPOINT={collector.url}\nLOG_LEVEL=DEBUG\n")
    cli("up", "--until-ready", "--fake-telegram", cwd=shop).ok()
    record = running_system(open_workspace(shop))
    assert record
    yield record
    cli("down", cwd=shop).ok()


def test_dashboard_and_alerts_ask_for_what_the_services_measure(
    cli: Cli, shop: Path, running: Record
) -> None:
    lines = cli("logs", cwd=shop).ok().stdout
    served = set(re.findall(r"http://[\d.]+:\d+/metrics", lines))
    assert len(served) == len(running.services)
    measured = {name for url in served for name in metrics_of(url)}
    folder = shop / "infra/observability"
    asked: set[str] = set()
    for path in (folder / "alerts.yml", folder / "grafana/services.json"):
        words = re.findall(r"\b[a-z]\w*_\w+(?=\{|\[|\s*[)>]| > )", path.read_text(encoding="utf-8"))
        asked |= {word for word in words if word not in {"histogram_quantile", "label_values"}}
    assert len(asked) > 10
    assert asked <= measured


def test_one_request_is_a_trace_and_log_lines_of_every_service_at_a_collector(
    shop: Path, running: Record, collector: Collector
) -> None:
    """An administrator has the picture that somebody sent to the bot processed once more."""
    urls = {one.name: one.url for one in running.services}
    with (
        httpx2.Client(base_url=running.fakes["support-bot"], timeout=60) as telegram,
        httpx2.Client(base_url=urls["users-data"], timeout=60) as data,
        httpx2.Client(base_url=urls["users-api"], timeout=60) as api,
    ):
        values = dict(
            line.split("=", 1) for line in (shop / ".env").read_text().splitlines() if "=" in line
        )
        data.headers["X-API-Key"] = values["OPERATOR__USERS_DATA__API_KEY"]
        file = send_photo(telegram, data)
        enter_as_administrator(api, data)
        payload = {"file_id": file["id"], "blob": file["storage_key"]}
        task = {"type": "media.process", "payload": payload}
        headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        api.post("/api/v1/tasks", json=task, headers=headers).raise_for_status()

        def everywhere(found: Callable[[str], dict[str, set[str]]]) -> bool:
            return found(TRACE).keys() == urls.keys()

        wait_until(lambda: everywhere(collector.spans) and everywhere(collector.lines))
    assert "POST /api/v1/tasks 202" in collector.lines(TRACE)["users-api"]


def send_photo(telegram: httpx2.Client, data: httpx2.Client) -> dict[str, Any]:
    """Send a photo to the bot, and return the record of the file once it is ready."""
    [bot] = telegram.get("/control/bots").json()
    chat = f"/control/bots/{bot['id']}/chats/1001"
    telegram.put(chat, json={"first_name": "Ann", "language_code": "en"}).raise_for_status()
    content = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).save(content, "JPEG")
    files = {"photo": ("photo.jpg", content.getvalue(), "image/jpeg")}
    telegram.post(f"{chat}/photo", files=files).raise_for_status()
    found: list[dict[str, Any]] = []

    def ready() -> bool:
        user = data.get("/api/v1/users/by-telegram-id/1001")
        if user.is_success:
            found[:] = data.get(f"/api/v1/users/{user.json()['id']}/files").json()["items"]
        return bool(found) and found[0]["status"] == "ready"

    wait_until(ready)
    return found[0]


def metrics_of(url: str) -> Iterator[str]:
    """The series that a service has, by the lines that say their kind."""
    parts = {"histogram": ("_bucket", "_count", "_sum")}
    text = httpx2.get(url, timeout=30).text
    for metric, kind in re.findall(r"(?m)^# TYPE (\w+) (\w+)$", text):
        yield from (f"{metric}{part}" for part in parts.get(kind, ("",)))
