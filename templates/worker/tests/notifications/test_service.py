"""The rules about who is told what."""

from uuid import uuid4

import pytest

from app.notifications.schemas import Notification
from app.notifications.service import Notifications
from shared.contracts.accounts import AccountMessage
from shared.contracts.users import UserCreated, UserFacts, UserUpdated


class Told:
    """Remembers what would be sent."""

    def __init__(self) -> None:
        self.sent: list[Notification] = []

    async def send(self, notification: Notification) -> None:
        """Remember it."""
        self.sent.append(notification)


ADA = UserFacts(
    user_id=uuid4(), user_version=1, name="Ada", email="ada@example.org", role="user",
    is_active=True,
)  # fmt: skip


async def test_a_new_user_is_welcomed() -> None:
    told = Told()
    await Notifications(told).created(UserCreated(**ADA.model_dump()), "key")
    [sent] = told.sent
    assert (sent.id, sent.kind, sent.email) == ("key", "welcome", "ada@example.org")
    assert "Ada" in sent.text


@pytest.mark.parametrize(("active", "kind"), [(True, "changed"), (False, "deactivated")])
async def test_a_user_is_told_of_changes(*, active: bool, kind: str) -> None:
    told = Told()
    await Notifications(told).updated(
        UserUpdated(**ADA.model_dump() | {"is_active": active}), "key"
    )
    assert [each.kind for each in told.sent] == [kind]


async def test_nobody_is_told_without_an_address() -> None:
    told = Told()
    await Notifications(told).created(UserCreated(**ADA.model_dump() | {"email": None}), "key")
    assert told.sent == []


@pytest.mark.parametrize("link", ["https://shop.example/confirm#t0k3n", None])
async def test_a_message_carries_its_link_or_else_its_token(link: str | None) -> None:
    told = Told()
    message = AccountMessage(
        kind="reset-password", email="ada@example.org", name="Ada", token="t0k3n", link=link
    )
    await Notifications(told).account_message(message, "key")
    [sent] = told.sent
    assert (sent.id, sent.kind, sent.email) == ("key", "reset-password", "ada@example.org")
    assert (link or "t0k3n") in sent.text
    assert "t0k3n" not in repr(message)
    assert "t0k3n" not in repr(sent)
