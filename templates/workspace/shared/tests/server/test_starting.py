"""A server that cannot start says why and exits."""

from __future__ import annotations

import signal
import socket

from tests.support.running import running


async def test_a_signal_during_start_up_closes_what_is_open() -> None:
    async with running(PEER="hangs") as service:
        await service.logged("peer hangs")
        service.process.send_signal(signal.SIGTERM)

        assert await service.code(within=5) == 0
        assert service.all("files closed")


async def test_a_resource_that_does_not_open_ends_the_process_and_is_named() -> None:
    async with running(PEER="fails") as service:
        assert await service.code(within=10) == 3
        assert service.all("while opening Peer")
        assert service.all("files closed")


async def test_a_taken_port_ends_the_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with running(PORT=taken.getsockname()[1]) as service:
            assert await service.code(within=10) == 3
            assert service.all("address already in use")
            assert service.all("files closed")
