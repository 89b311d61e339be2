"""While RabbitMQ is away people are answered, and no upload is lost."""

from urllib.parse import urlsplit

import pytest

from app.application import build_application
from app.features import Settings
from shared.testing import client, wait_until
from shared.testing.proxy import broker_proxy
from shared.testing.telegram import FakeChat
from tests.support.processes import run
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


async def test_a_broker_that_refuses_the_password_ends_the_start_with_2_and_one_line(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    url = urlsplit(settings.amqp_url.get_secret_value())
    wrong = url._replace(netloc=f"{url.username}:wrong@{url.hostname}:{url.port}").geturl()
    ended = await run(AMQP_URL=wrong)
    _, error = await ended.communicate()
    last = capfd.readouterr().out.splitlines()[-1]
    assert (ended.returncode, error) == (2, b"")
    assert "the process ends: the message broker refuses user or password of AMQP_URL" in last
    assert "Traceback" not in last
