"""A RabbitMQ for tests asks for its password, keeps what it confirmed, and is gone with them."""

from __future__ import annotations

import asyncio

import pytest
from aio_pika.exceptions import AMQPException

from shared.testing.rabbitmq import own_broker, rabbitmq_server
from tests.support.kept import put, taken


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


def test_a_given_url_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMQP_URL", "amqp://elsewhere/")

    with rabbitmq_server() as url:
        assert url == "amqp://elsewhere/"
