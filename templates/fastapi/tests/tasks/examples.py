"""A task to post, and a service for whoever may."""

from dataclasses import replace
from typing import Any

from httpx2 import AsyncClient

from app.application import build_application
from app.features import FEATURES, Settings
from shared.contracts.analytics import ANALYTICS_REPORT
from shared.messaging.contract import RetryPolicy
from shared.testing import wait_until
from shared.web import Service
from tests.support.access import FakeAccess, opened_to

TASKS = "/api/v1/tasks"
KEY = {"Idempotency-Key": "a-key-of-mine"}
REPORT = {"type": "analytics.report", "payload": {"day": "2026-01-31"}}

QUICKLY_RETRIED = replace(
    ANALYTICS_REPORT, retries=RetryPolicy(attempts=2, first_seconds=0.1, jitter=0)
)


def served_to(access: FakeAccess, settings: Settings) -> Service:
    """Return the service as this caller finds it."""
    return build_application(settings, features=opened_to(access, FEATURES))


async def posted(api: AsyncClient, **changes: object) -> str:
    """Post a task and return its id."""
    response = await api.post(TASKS, json=REPORT | changes)
    assert response.status_code == 202, response.text
    task_id: str = response.json()["id"]
    return task_id


async def ended(api: AsyncClient, task_id: str) -> dict[str, Any]:
    """Return what is known of a task once it is over."""
    found: dict[str, Any] = {}

    async def is_over() -> bool:
        found.update((await api.get(f"{TASKS}/{task_id}")).json())
        return found["status"] in {"done", "failed", "cancelled"}

    await wait_until(is_over, what="the end of the task")
    return found
