"""While RabbitMQ is away people are answered, and no upload is lost."""

import pytest

from app.application import build_application
from app.features import Settings
from shared.testing import client, wait_until
from shared.testing.proxy import broker_proxy
from shared.testing.telegram import FakeChat
from tests.uploads.examples import JPEG
from tests.uploads.worker import FakeWorker


@pytest.mark.usefixtures("files")
async def test_an_upload_waits_until_rabbitmq_is_back(
    settings: Settings, ann: FakeChat, worker: FakeWorker
) -> None:
    async with (
        broker_proxy(settings) as (between, behind),
        client(build_application(behind)) as connected,
    ):
        await between.cut()
        sent = ann.send_photo(JPEG)
        # Saved before the task is given, and said so.
        await ann.wait_for_reply("Saved: ")
        assert (await connected.get("/ready")).status_code == 503
        assert worker.tasks == []
        await between.join()
        await ann.wait_for_reply(f"Ready: photo-{sent.message_id}.jpg.", timeout_seconds=30)

        async def ready() -> bool:
            return (await connected.get("/ready")).status_code == 200

        await wait_until(ready, what="readiness")
    assert len(worker.tasks) == 1
