"""The rules about users."""

import pytest

from app.people import User
from app.users.service import Users
from shared.errors import ConflictError
from tests.users.fakes import FakeUsers


@pytest.fixture
def gateway() -> FakeUsers:
    return FakeUsers()


@pytest.fixture
def users(gateway: FakeUsers) -> Users:
    return Users(gateway)


@pytest.fixture
def ada(gateway: FakeUsers) -> User:
    return gateway.add("Ada")


async def test_deactivating_needs_the_version_that_was_read(users: Users, ada: User) -> None:
    await users.update(ada.id, {"version": 1, "name": "Countess"})
    with pytest.raises(ConflictError):
        await users.deactivate(ada.id, 1)
    assert (await users.get(ada.id)).is_active


async def test_whoever_missed_the_answer_may_deactivate_again(users: Users, ada: User) -> None:
    deactivated = await users.deactivate(ada.id, 1)
    assert await users.deactivate(ada.id, 1) == deactivated
    assert deactivated.version == 2
