"""A stopping process finishes what is in hand."""

import asyncio
import signal

from httpx2 import AsyncClient, TransportError
from sqlalchemy import text

from app.database import Database
from shared.testing import wait_until
from tests.support.databases import wait_for_a_waiter
from tests.support.processes import served
from tests.users.examples import USERS, create


async def test_sigterm_lets_the_request_in_hand_finish(database: Database) -> None:
    async with served() as (process, client):
        user = await create(client)
        body = {"version": 1, "name": "Bob"}
        async with database.transaction() as session:
            await session.execute(text("SELECT id FROM users FOR UPDATE"))
            request = asyncio.ensure_future(client.patch(f"{USERS}/{user['id']}", json=body))
            await wait_for_a_waiter(database)
            process.send_signal(signal.SIGTERM)
            await wait_until(lambda: refused(str(client.base_url)), what="no new connections")
        response = await request
        assert response.json()["version"] == 2
        async with asyncio.timeout(60):
            assert await process.wait() == 0


async def refused(url: str) -> bool:
    """Tell whether new connections are refused."""
    try:
        async with AsyncClient() as newcomer:
            await newcomer.get(url)
    except TransportError:
        return True
    return False
