"""Who may post which task, and whose it is then."""

from collections.abc import AsyncIterator
from typing import NamedTuple
from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from app.features import Settings
from shared.testing import client
from shared.testing.provider import Provider
from tests.support.access import FakeAccess
from tests.support.files import Files, files_of
from tests.tasks.conftest import Reporter
from tests.tasks.examples import REPORT, TASKS, ended, posted, served_to


class Callers(NamedTuple):
    """Who may and who may not, each with a client of the service."""

    alice: FakeAccess
    bob: FakeAccess
    by_alice: AsyncClient
    by_bob: AsyncClient
    by_admin: AsyncClient


@pytest.fixture
async def callers(settings: Settings, reporter: Reporter) -> AsyncIterator[Callers]:
    assert reporter.done == []
    alice, bob, admin = FakeAccess("user"), FakeAccess("user"), FakeAccess()
    async with (
        client(served_to(alice, settings)) as by_alice,
        client(served_to(bob, settings)) as by_bob,
        client(served_to(admin, settings)) as by_admin,
    ):
        yield Callers(alice, bob, by_alice, by_bob, by_admin)


@pytest.fixture
def files(provider: Provider) -> Files:
    return files_of(provider)


def picture(file_id: str, blob: str = "its-bytes") -> dict[str, object]:
    return {"type": "media.process", "payload": {"file_id": file_id, "blob": blob}}


async def test_what_names_nobody_is_for_administrators(callers: Callers) -> None:
    refused = await callers.by_alice.post(TASKS, json=REPORT)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await ended(callers.by_admin, await posted(callers.by_admin)))["status"] == "done"


async def test_a_file_is_processed_for_its_owner_and_nobody_else(
    callers: Callers, files: Files
) -> None:
    bobs = files.add(callers.bob.user_id, "its-bytes")
    for caller, file_id, blob in (
        (callers.by_alice, bobs, "its-bytes"),
        (callers.by_alice, str(uuid4()), "its-bytes"),
        (callers.by_bob, bobs, "made-up"),
        (callers.by_admin, bobs, "made-up"),
    ):
        refused = await caller.post(TASKS, json=picture(file_id, blob))
        assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
    for caller in (callers.by_bob, callers.by_admin):
        # It is accepted as far as there is no worker for pictures here.
        allowed = await caller.post(TASKS, json=picture(bobs))
        assert (allowed.status_code, allowed.json()["code"]) == (503, "no-worker")


async def test_a_task_is_seen_and_cancelled_by_its_owner_and_administrators(
    callers: Callers,
) -> None:
    tasks = [await posted(callers.by_admin, delay_seconds=60) for _ in range(2)]
    for task_id in tasks:
        for answer in (
            await callers.by_alice.get(f"{TASKS}/{task_id}"),
            await callers.by_alice.post(f"{TASKS}/{task_id}/cancel"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        assert (await callers.by_admin.get(f"{TASKS}/{task_id}")).json()["status"] == "queued"
    cancelled = await callers.by_admin.post(f"{TASKS}/{tasks[0]}/cancel")
    assert cancelled.json()["status"] == "cancelled"


async def test_a_user_who_owns_a_task_sees_and_cancels_it(callers: Callers) -> None:
    # What an administrator may post becomes theirs, and stays so.
    callers.alice.role = "admin"
    task_id = await posted(callers.by_alice, delay_seconds=60)
    callers.alice.role = "user"
    assert (await callers.by_bob.get(f"{TASKS}/{task_id}")).status_code == 404
    assert (await callers.by_alice.get(f"{TASKS}/{task_id}")).json()["status"] == "queued"
    cancelled = await callers.by_alice.post(f"{TASKS}/{task_id}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")


async def test_how_workers_are_doing_is_for_administrators(callers: Callers) -> None:
    assert (await callers.by_alice.get(f"{TASKS}/stats")).status_code == 403
    assert (await callers.by_admin.get(f"{TASKS}/stats")).status_code == 200
