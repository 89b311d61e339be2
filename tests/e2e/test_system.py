"""Services as real processes: what a person does through the API arrives where it should."""

import asyncio
import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.cli import Cli
from tests.support.system import (
    day_of,
    make_administrator,
    register_and_log_in,
    report_of,
    running_system,
)

# The first test waits for environments and for every service to start, also on a busy machine.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
AT_ONCE = 100
HEARD_SECONDS = 30.0
# Said by what starts the tests; everywhere else the broker is there or the test is red.
WORKING = os.environ.get("RABBITMQ") != "no"


@pytest.fixture(scope="module")
def shop(cli: Cli, pristine_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with users-api, users-data and media-worker."""
    shop = tmp_path_factory.mktemp("system") / "shop"
    shutil.copytree(pristine_workspace, shop, symlinks=True)
    outbox, tasks = ("outbox", ",tasks") if WORKING else ("", "")
    calling = ("--data-service", "users-data", "--no-verify")
    cli(
        "new-service", "data-postgres", "users-data", "--with", outbox, "--no-verify", cwd=shop
    ).ok()
    cli(
        "new-service", "fastapi", "users-api", *calling, "--with", f"auth,cache{tasks}", cwd=shop
    ).ok()
    names = ["users-data", "users-api"]
    if WORKING:
        cli("new-service", "worker", "media-worker", *calling, cwd=shop).ok()
        names.append("media-worker")
    cli("verify", *names, "--only", "environment", cwd=shop).ok()
    return shop


@pytest.fixture(scope="module")
def system(shop: Path) -> Iterator[dict[str, str]]:
    """The URLs of its services, all running."""
    with running_system(shop) as urls:
        yield urls


@pytest.fixture
def api(system: dict[str, str]) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=system["users-api"], timeout=30) as client:
        yield client


def test_somebody_registers_logs_in_and_the_worker_has_heard_of_it(
    shop: Path, system: dict[str, str], api: httpx2.Client
) -> None:
    answers = dict(register_and_log_in(api))
    assert [answer.status_code for answer in answers.values()] == [201, 200, 200]
    registered, _, known = answers.values()
    assert known.json()["id"] == registered.json()["id"]
    assert "password" not in known.text

    if not WORKING:
        pytest.skip("there is no RabbitMQ, so no worker")
    report = {"type": "analytics.report", "payload": {"day": day_of(registered)}}
    assert api.post("/api/v1/tasks", json=report).status_code == 403
    _, appointed = make_administrator(shop, system["users-data"], known.json())
    assert appointed.status_code == 200
    # The event goes from the outbox to the worker in its own time, so the report may be early.
    deadline = time.monotonic() + HEARD_SECONDS
    while time.monotonic() < deadline:
        posted, read = (answer for _, answer in report_of(day_of(registered), api))
        assert posted.status_code == 202
        assert read.json()["status"] == "done", read.text
        if "user.created" in read.json()["result"]["counts"]:
            break
    assert read.json()["result"]["counts"]["user.created"] == 1


def test_of_a_hundred_registrations_of_one_address_exactly_one_succeeds(
    system: dict[str, str],
) -> None:
    person = {"name": "Eve", "email": "eve@example.org", "password": "correct horse battery"}

    async def register_all() -> list[int]:
        limits = httpx2.Limits(max_connections=AT_ONCE)
        async with httpx2.AsyncClient(
            base_url=system["users-api"], timeout=120, limits=limits
        ) as client:
            requests = (client.post("/api/v1/users", json=person) for _ in range(AT_ONCE))
            return [answer.status_code for answer in await asyncio.gather(*requests)]

    statuses = Counter(asyncio.run(register_all()))
    assert statuses[201] == 1, statuses
    assert statuses[201] + statuses[409] + statuses[503] == AT_ONCE, statuses


def test_the_callers_request_id_comes_back_in_header_and_problem(system: dict[str, str]) -> None:
    answer = httpx2.get(
        f"{system['users-api']}/api/v1/users/me", headers={"X-Request-ID": "one-for-all"}
    )
    assert answer.status_code == 401
    assert answer.headers["X-Request-ID"] == "one-for-all"
    assert answer.json()["request_id"] == "one-for-all"


def test_the_data_service_lets_nobody_in_without_a_key(system: dict[str, str]) -> None:
    assert httpx2.get(f"{system['users-data']}/api/v1/users").status_code == 401
