"""Events are counted once, and reported by a task."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from shared.contracts.analytics import ANALYTICS_REPORT, MakeReport
from shared.contracts.users import UserDeleted
from shared.messaging.publishing import Messaging
from shared.messaging.status import State
from shared.testing import wait_until
from tests.support.sender import outcome

pytestmark = pytest.mark.usefixtures("worker")


async def test_the_same_event_counts_once(sender: Messaging) -> None:
    event = UserDeleted(user_id=uuid4(), user_version=2)
    again = uuid4()
    for event_id in (again, again, uuid4()):
        await sender.events.publish(event, event_id)
    payload = MakeReport(day=datetime.now(UTC).date())

    async def counted() -> bool:
        status = await outcome(sender, await sender.tasks.enqueue(ANALYTICS_REPORT, payload))
        return bool(status.result["counts"].get("user.deleted") == 2)

    await wait_until(counted, what="a report of two events")


async def test_a_day_without_events_has_an_empty_report(sender: Messaging) -> None:
    day = datetime.now(UTC).date() - timedelta(days=400)
    task_id = await sender.tasks.enqueue(ANALYTICS_REPORT, MakeReport(day=day))
    status = await outcome(sender, task_id)
    assert status.state is State.DONE
    assert status.result == {"day": str(day), "counts": {}}
