"""A service that does what the tests of the server ask it to; run as a process of its own."""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import structlog
from fastapi import APIRouter

from shared.errors import ConfigurationError, UnavailableError
from shared.lifecycle import Resource, Resources
from shared.log import configure_logging
from shared.messaging.broker import open_broker
from shared.messaging.settings import BrokerSettings
from shared.server import serve
from shared.settings import ServiceSettings, exit_on_configuration_error, load_settings
from shared.web import Feature, create_app

log = structlog.stdlib.get_logger("service")
FAILURES = {
    "away": UnavailableError("the peer is down"),
    "refused": ConnectionRefusedError("the peer is down"),
    "misnamed": ConfigurationError("PEER_URL names nobody"),
    "broken": RuntimeError("a defect"),
}
router = APIRouter(prefix="/api/v1")


class Files:
    """Stands for anything that is opened before it is used and must be closed."""


class Peer:
    """Stands for something that may not come up."""


@asynccontextmanager
async def open_files(_: Resources) -> AsyncIterator[Files]:
    log.info("files open")
    try:
        yield Files()
    finally:
        log.info("files closed")


@asynccontextmanager
async def open_peer(_: Resources) -> AsyncIterator[Peer]:
    match os.environ.get("PEER"):
        case "hangs":
            log.info("peer hangs")
            await asyncio.Event().wait()
        case str(kind) if kind in FAILURES:
            raise FAILURES[kind]
        case "broker":
            async with open_broker(load_settings(BrokerSettings), start_seconds=0.2):
                pass
    yield Peer()


@router.get("/hold")
async def hold() -> str:
    """Answer as soon as the file GATE exists."""
    structlog.contextvars.bind_contextvars(consumer="tester")
    logging.getLogger("stdlib").info("holding")
    gate = anyio.Path(os.environ["GATE"])
    while not await gate.exists():  # noqa: ASYNC110 - what opens it is a file
        await anyio.sleep(0.02)
    return "released"


@router.get("/block")
def block() -> str:
    """Hold a thread for longer than any test runs; cancelling does not reach it."""
    log.info("blocking")
    time.sleep(600)
    return "never"


@router.get("/items/{item}")
async def item(item: int) -> int:
    return item


if __name__ == "__main__":
    with exit_on_configuration_error():
        settings = load_settings(ServiceSettings)
    configure_logging(settings)
    files = Resource(provides=Files, open=open_files)
    peer = Resource(provides=Peer, open=open_peer, requires=(Files,))
    feature = Feature(name="example", routers=(router,), resources=(peer, files))
    serve(create_app(settings=settings, features=[feature]), settings)
