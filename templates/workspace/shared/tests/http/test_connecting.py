"""A connection that nobody takes is given up in time."""

from __future__ import annotations

import socket
from contextlib import ExitStack

import pytest

from shared.errors import UnavailableError
from shared.http import Timeouts
from tests.support.clients import client_of


async def test_a_connection_that_nobody_takes_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        address = full.getsockname()
        for _ in range(4):
            other = waiting.enter_context(socket.socket())
            other.settimeout(0)
            other.connect_ex(address)
        limits = Timeouts(connect=0.1)
        async with client_of("http://{}:{}".format(*address), timeouts=limits) as client:
            with pytest.raises(UnavailableError, match="cannot be reached"):
                await client.post("/users", into=object)
