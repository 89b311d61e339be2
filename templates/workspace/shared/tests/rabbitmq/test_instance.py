"""A RabbitMQ for tests asks for its password, keeps what it confirmed, and is gone with them."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE
from urllib.parse import urlsplit

import anyio
import pytest
from aio_pika.exceptions import AMQPException

from shared.testing import wait_until
from shared.testing.rabbitmq import RabbitError, find_programs, own_broker, rabbitmq_server
from tests.support.kept import put, taken

HOLD = """
import sys
from shared.testing.rabbitmq import own_broker
with own_broker() as broker:
    print(broker._folder, broker.url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def programs() -> None:
    """Skip where RabbitMQ is not installed: there is no broker to start."""
    try:
        find_programs()
    except RabbitError as error:
        pytest.skip(str(error).splitlines()[0])


@pytest.mark.usefixtures("programs")
def test_an_own_broker_survives_a_kill_with_its_data_and_is_gone_afterwards() -> None:
    with own_broker() as broker:
        url = broker.url
        asyncio.run(put(broker, b"confirmed"))
        with pytest.raises(AMQPException, match="REFUSED"):
            asyncio.run(taken(url.replace("tests:", "tests:x")))
        broker.kill()
        with pytest.raises(ConnectionError):
            asyncio.run(taken(url))
        broker.start()

        assert broker.url == url
        assert asyncio.run(taken(url)) == b"confirmed"

    assert not broker._folder.exists()
    with pytest.raises(ConnectionError):
        asyncio.run(taken(url))


@pytest.mark.usefixtures("programs")
async def test_a_killed_test_run_leaves_no_broker_and_no_folder() -> None:
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLD), stdin=PIPE, stdout=PIPE
    )
    assert holder.stdout is not None
    folder, url = (await holder.stdout.readline()).decode().split()
    port = urlsplit(url).port
    holder.send_signal(signal.SIGKILL)
    await holder.wait()

    async def gone() -> bool:
        return not await anyio.Path(folder).exists()

    await wait_until(gone, what="the end of the broker", timeout_seconds=30)
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("127.0.0.1", port)


def test_a_given_url_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMQP_URL", "amqp://elsewhere/")

    with rabbitmq_server() as url:
        assert url == "amqp://elsewhere/"
