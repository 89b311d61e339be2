"""Pages of users are the data service's."""

import pytest
from httpx2 import AsyncClient

from shared.testing.provider import Provider
from tests.support.users import CURSOR, FakeUsers
from tests.users.examples import USERS, added


async def test_pages_are_passed_through(api: AsyncClient, users: FakeUsers) -> None:
    user = await added(users)
    query = {"cursor": "a" * 32, "limit": "7", "search": "Ad", "is_active": "true"}
    page = (await api.get(USERS, params=query)).json()
    assert page == {"items": [user.model_dump(mode="json")], "next_cursor": CURSOR}
    assert users.queries == [query | {"order": "oldest"}]


INVALID = ["limit=0", "limit=201", "order=up", "cursor=x", "search=", "role=root", "unknown=1"]


async def test_an_invalid_query_is_a_422_that_names_the_field(
    api: AsyncClient, provider: Provider, subtests: pytest.Subtests
) -> None:
    for query in INVALID:
        with subtests.test(query=query):
            response = await api.get(f"{USERS}?{query}")
            assert response.status_code == 422
            assert response.json()["errors"][0]["field"] == f"query.{query.partition('=')[0]}"
            assert provider.calls == []
