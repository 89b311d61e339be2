"""A payload that nobody has agreed on is never retried."""

import pytest
from pydantic import BaseModel

from shared.contracts.media import MEDIA_PROCESS
from shared.messaging.contract import Task
from shared.messaging.publishing import Messaging
from shared.testing import wait_until

pytestmark = pytest.mark.usefixtures("worker")


class Other(BaseModel):
    """A payload that nobody has agreed on."""

    picture: int


async def test_what_the_contract_doesnt_know_becomes_a_dead_letter(sender: Messaging) -> None:
    before = (await sender.stats.read([MEDIA_PROCESS.queue])).popitem()[1].dead
    other = Task(name=MEDIA_PROCESS.name, queue=MEDIA_PROCESS.queue, payload=Other)
    await sender.tasks.enqueue(other, Other(picture=7))

    async def dead() -> bool:
        read = await sender.stats.read([MEDIA_PROCESS.queue])
        return read.popitem()[1].dead == before + 1

    await wait_until(dead, what="the dead letter")
