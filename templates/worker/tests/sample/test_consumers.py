"""The task, from the broker to its status."""

import pytest

from app.sample.contract import GREET, Greet
from shared.messaging.publishing import Messaging
from shared.messaging.status import State
from tests.support.sender import outcome

pytestmark = pytest.mark.usefixtures("worker")


async def test_a_task_is_done_and_its_status_has_the_result(sender: Messaging) -> None:
    status = await outcome(sender, await sender.tasks.enqueue(GREET, Greet(name="Ada")))
    assert (status.state, status.attempts) == (State.DONE, 1)
    assert status.result == {"text": "Hello, Ada!"}


async def test_a_name_that_says_nothing_fails_without_a_second_attempt(sender: Messaging) -> None:
    status = await outcome(sender, await sender.tasks.enqueue(GREET, Greet(name=" ")))
    assert (status.state, status.reason, status.attempts) == (State.FAILED, "permanent", 1)
