import pytest

from app.people import User
from app.users.schemas import NewUser
from app.users.service import Users
from shared.errors import ConflictError
from tests.users.fakes import FakeUsers


@pytest.fixture
def users() -> Users:
    return Users(FakeUsers())


@pytest.fixture
async def ada(users: Users) -> User:
    return await users.register(NewUser(name="Ada", email="ADA@example.org"))


async def test_who_registers_is_active_and_no_admin(ada: User) -> None:
    assert (ada.is_active, ada.role, ada.email) == (True, "user", "ada@example.org")


async def test_deactivating_needs_the_version_that_was_read(users: Users, ada: User) -> None:
    await users.update(ada.id, {"version": 1, "name": "Countess"})
    with pytest.raises(ConflictError):
        await users.deactivate(ada.id, 1)
    assert (await users.get(ada.id)).is_active


async def test_whoever_missed_the_answer_may_deactivate_again(users: Users, ada: User) -> None:
    deactivated = await users.deactivate(ada.id, 1)
    assert await users.deactivate(ada.id, 1) == deactivated
    assert deactivated.version == 2
