"""The task, from the broker to the record in the data service."""

from uuid import uuid4

import pytest

from shared.blobs import BlobStore
from shared.contracts.media import MEDIA_PROCESS, ProcessMedia
from shared.messaging.publishing import Messaging
from shared.messaging.status import State
from shared.testing.provider import Provider, answering
from tests.media.examples import opened, photo
from tests.media.files import Files
from tests.support.sender import outcome, wait_for_state

pytestmark = pytest.mark.usefixtures("worker")


async def test_a_picture_gets_its_forms_and_its_file_says_so(
    sender: Messaging, files: Files, store: BlobStore, original: str
) -> None:
    file = files.add()
    payload = ProcessMedia(file_id=file["id"], blob=original)
    status = await outcome(sender, await sender.tasks.enqueue(MEDIA_PROCESS, payload))
    assert (status.state, status.error) == (State.DONE, None)
    assert (file["status"], file["version"]) == ("ready", 2)
    assert file["metadata"]["album"] == "holidays"
    assert file["metadata"]["media.model"] == "Leica M"
    thumbnail = await store.open(file["thumbnail_key"], max_bytes=100_000)
    assert thumbnail.metadata.owner == file["owner_id"]
    assert opened(await thumbnail.read()).size == (240, 320)


async def test_given_twice_with_one_key_it_is_recorded_once(
    sender: Messaging, files: Files, original: str
) -> None:
    file = files.add()
    payload = ProcessMedia(file_id=file["id"], blob=original)
    ids = {
        await sender.tasks.enqueue(MEDIA_PROCESS, payload, idempotency_key=file["id"])
        for _ in range(2)
    }
    [task_id] = ids
    await outcome(sender, task_id)
    assert file["version"] == 2


async def test_what_is_no_picture_fails_at_once_and_its_file_says_why(
    sender: Messaging, files: Files, store: BlobStore
) -> None:
    blob = await store.put(b"no picture", content_type="image/jpeg")
    file = files.add()
    payload = ProcessMedia(file_id=file["id"], blob=blob)
    status = await outcome(sender, await sender.tasks.enqueue(MEDIA_PROCESS, payload))
    assert (status.state, status.reason, status.attempts) == (State.FAILED, "permanent", 1)
    assert file["status"] == "failed"
    assert "can't be read" in file["metadata"]["media.error"]


async def test_a_picture_that_was_stored_for_somebody_else_is_not_found(
    sender: Messaging, files: Files, store: BlobStore
) -> None:
    blob = await store.put(photo(), content_type="image/jpeg", owner=str(uuid4()))
    file = files.add()
    payload = ProcessMedia(file_id=file["id"], blob=blob)
    status = await outcome(sender, await sender.tasks.enqueue(MEDIA_PROCESS, payload))
    assert (status.state, file["status"]) == (State.FAILED, "failed")
    assert file["metadata"]["media.error"] == "There is no such blob."


async def test_an_unknown_file_fails_at_once(
    sender: Messaging, files: Files, original: str
) -> None:
    assert files.records == {}
    payload = ProcessMedia(file_id=uuid4(), blob=original)
    status = await outcome(sender, await sender.tasks.enqueue(MEDIA_PROCESS, payload))
    assert (status.state, status.reason) == (State.FAILED, "permanent")


async def test_while_the_data_service_is_away_it_waits_and_is_done_afterwards(
    sender: Messaging, files: Files, provider: Provider, original: str
) -> None:
    file = files.add()
    provider.fault = answering(503)
    payload = ProcessMedia(file_id=file["id"], blob=original)
    task_id = await sender.tasks.enqueue(MEDIA_PROCESS, payload)
    await wait_for_state(sender, task_id, State.RETRYING)
    provider.fault = None
    status = await outcome(sender, task_id)
    assert status.state is State.DONE
    assert status.attempts > 1
    assert file["version"] == 2
