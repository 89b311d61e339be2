"""Who gets a broadcast: everybody whom the data service knows by a Telegram id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from shared.fields import Page

if TYPE_CHECKING:
    from shared.http import DataServiceClient

USERS = "/api/v1/users"
PAGE = 100


class Person(BaseModel):
    """What is known of somebody who may get a broadcast."""

    name: str
    telegram_id: int | None
    is_active: bool


class Audience:
    """Reads people by pages; somebody who is there all the while is on one page."""

    def __init__(self, client: DataServiceClient) -> None:
        self._client = client

    async def page(self, cursor: str) -> tuple[dict[int, str], str]:
        """Return names by Telegram id from there on, and the next cursor, empty at the end."""
        page = await self._client.get(
            USERS,
            params={"limit": PAGE, "order": "oldest", "cursor": cursor or None},
            into=Page[Person],
        )
        people = {
            each.telegram_id: each.name
            for each in page.items
            if each.telegram_id is not None and each.is_active
        }
        return people, page.next_cursor or ""
