"""A RabbitMQ for tests asks for its password, keeps what it confirmed, and is gone with them."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio
import pytest
from aio_pika import DeliveryMode, Message, connect
from aio_pika.exceptions import AMQPException

from shared.testing import wait_until
from shared.testing.ports import free_port
from shared.testing.rabbitmq import RabbitError, find_programs, own_broker, rabbitmq_server
from shared.testing.servers import ServerError, started

if TYPE_CHECKING:
    from pathlib import Path

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


async def put(url: str, body: bytes) -> None:
    async with await connect(url) as connection:
        channel = await connection.channel()
        await channel.declare_queue("kept", durable=True)
        message = Message(body, delivery_mode=DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, "kept")


async def taken(url: str) -> bytes:
    async with await connect(url) as connection:
        queue = await (await connection.channel()).get_queue("kept")
        message = await queue.get()
        await message.ack()
        return message.body


@pytest.mark.usefixtures("programs")
def test_an_own_broker_survives_a_kill_with_its_data_and_is_gone_afterwards() -> None:
    with own_broker() as broker:
        url = broker.url
        asyncio.run(put(url, b"confirmed"))
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


def test_a_wrapper_is_not_taken_for_the_broker(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrapper, real = tmp_path / "sbin", tmp_path / "lib" / "bin"
    for folder in (wrapper, real):
        folder.mkdir(parents=True)
        for name in ("rabbitmq-server", "erl", "epmd"):
            (folder / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(wrapper))
    patterns = (f"{tmp_path}/*/bin",)

    with pytest.raises(RabbitError, match="apt-get install"):
        find_programs(patterns)
    (real / "rabbitmq-env").touch()
    assert find_programs(patterns).server == real / "rabbitmq-server"
    assert find_programs(patterns).epmd == wrapper / "epmd"

    (wrapper / "epmd").unlink()
    (real / "erl").rename(real / "real-erl")
    (wrapper / "erl").unlink()
    with pytest.raises(RabbitError, match="erl and epmd"):
        find_programs(patterns)


def test_epmd_is_found_beside_erl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "rabbitmq-env").touch()
    (tmp_path / "bin").mkdir()
    (tmp_path / "erts-1" / "bin").mkdir(parents=True)
    for name in ("rabbitmq-server", "bin/erl", "erts-1/bin/epmd"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    assert find_programs((str(tmp_path),)).epmd == tmp_path / "erts-1" / "bin" / "epmd"


def test_a_server_that_hangs_is_given_up_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("shared.testing.servers.START_SECONDS", 0.3)
    ports: list[int] = []

    def command(port: int) -> list[str]:
        ports.append(port)
        return ["sh", "-c", "echo busy; exec sleep 600"]

    with pytest.raises(ServerError, match="did not start:\nbusy"):
        started(tmp_path, command, lambda: False, port=(given := free_port()))
    assert ports == [given]
