"""The servers that the faults happen to: RabbitMQ, Redis and a data service of the tests' own."""

import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from shared.testing.proxy import Proxy, proxy
from shared.testing.waiting import wait_until
from tests.faults.broker import OwnBroker, own_broker
from tests.faults.effects import Effects, effects_service
from tests.faults.redis_server import ForgetfulRedis, forgetful_redis

PREFIX = "faults."
# Where the broker keeps which queues there are.
_BOOKS = {".dets", ".LOG", ".DCD", ".DCL"}
_QUIET_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Servers:
    """Broker and Redis, which outlive a run, and a folder for what workers leave."""

    broker: OwnBroker
    redis: ForgetfulRedis
    folder: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Arena:
    """What a run has: the servers, and proxies by which workers reach broker and data service."""

    servers: Servers
    effects: Effects
    to_broker: Proxy
    to_data: Proxy

    @property
    def cuttable_amqp_url(self) -> str:
        """The broker through its proxy."""
        address = urlsplit(self.servers.broker.url)
        netloc = f"{address.username}:{address.password}@127.0.0.1:{self.to_broker.port}"
        return address._replace(netloc=netloc).geturl()


@contextmanager
def own_servers() -> Iterator[Servers]:
    """Start broker and Redis; raises `UnsuitableError` where they are not installed."""
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as folder,
        forgetful_redis(Path(folder)) as redis,
        own_broker() as broker,
    ):
        yield Servers(broker=broker, redis=redis, folder=Path(folder))


@asynccontextmanager
async def arena(servers: Servers) -> AsyncIterator[Arena]:
    """Start the data service and the proxies."""
    port = urlsplit(servers.broker.url).port or 0
    async with (
        effects_service() as effects,
        proxy("127.0.0.1", port) as to_broker,
        proxy("127.0.0.1", effects.port) as to_data,
    ):
        yield Arena(servers=servers, effects=effects, to_broker=to_broker, to_data=to_data)


async def written_down(broker: OwnBroker) -> None:
    """Wait until the broker has nothing more to write about its queues.

    RabbitMQ 3.10 confirms a quorum queue seconds before all that it needs of it is on disk. Killed
    in between, the queue never gets a leader again; one that has been there for a while does.
    """

    async def quiet() -> bool:
        files = [each for each in broker.folder.rglob("*") if each.suffix in _BOOKS]
        return time.time() - max(each.stat().st_mtime for each in files) > _QUIET_SECONDS

    await wait_until(quiet, what="the queues on the disk", timeout_seconds=30)
