"""The rules: each message is right, said once, and to whom it concerns."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from app.notifications.service import Notifications
from app.notifications.texts import TEXTS, Notification, to_words
from shared.contracts.accounts import AccountMessage
from shared.contracts.users import UserCreated, UserFacts, UserUpdated


class World:
    """Remembers what would be sent, and what was told before."""

    def __init__(self) -> None:
        self.sent: list[Notification] = []
        self.versions: dict[UUID, int] = {}
        self.deactivated: dict[UUID, str] = {}
        self.notifications = Notifications(self, self)

    async def send(self, notification: Notification) -> None:
        """Remember it."""
        self.sent.append(notification)

    async def advance(self, user_id: UUID, version: int) -> bool:
        """Compare the version."""
        known = self.versions.get(user_id, version)
        self.versions[user_id] = max(known, version)
        return version >= known

    async def deactivate(self, user_id: UUID, key: str) -> bool:
        """Remember the first one."""
        return self.deactivated.setdefault(user_id, key) == key

    async def reactivate(self, user_id: UUID) -> None:
        """Forget it."""
        self.deactivated.pop(user_id, None)

    @property
    def kinds(self) -> list[str]:
        """What was sent, in order."""
        return [each.kind for each in self.sent]


ADA = UserFacts(
    user_id=uuid4(), user_version=1, name="Ada", email="ada@example.org", role="user",
    is_active=True,
)  # fmt: skip


def updated(version: int, *changed: str, **fields: object) -> UserUpdated:
    """Return the event of a change."""
    facts = ADA.model_dump() | {"user_version": version, "changed": changed} | fields
    return UserUpdated.model_validate(facts)


@pytest.fixture
def world() -> World:
    return World()


async def test_a_new_user_is_welcomed(world: World) -> None:
    await world.notifications.created(UserCreated(**ADA.model_dump()), "key")
    [sent] = world.sent
    assert (sent.id, sent.kind, sent.email) == ("key", "welcome", "ada@example.org")
    assert "Ada" in sent.text


@pytest.mark.parametrize("name", ["name", "email", "role"])
async def test_a_user_is_told_of_a_change_that_they_can_see(world: World, name: str) -> None:
    await world.notifications.updated(updated(2, name), "key")
    assert world.kinds == ["changed"]


@pytest.mark.parametrize("changed", [(), ("password",), ("metadata",)])
async def test_nobody_is_told_of_a_hash_that_was_made_anew_or_of_what_is_unknown(
    world: World, changed: tuple[str, ...]
) -> None:
    await world.notifications.updated(updated(2, *changed), "key")
    assert world.sent == []


async def test_a_deactivation_is_told_once_and_later_corrections_are_none(world: World) -> None:
    await world.notifications.updated(updated(2, "is_active", is_active=False), "a")
    await world.notifications.updated(updated(2, "is_active", is_active=False), "a")
    await world.notifications.updated(updated(3, "name", is_active=False), "b")
    assert world.kinds == ["deactivated", "deactivated", "changed"]
    assert world.sent[0].id == world.sent[1].id


@pytest.mark.parametrize("event_first", [True, False])
async def test_event_and_account_message_say_a_deactivation_once(
    world: World, *, event_first: bool
) -> None:
    event = updated(2, "is_active", is_active=False)
    message = AccountMessage(
        kind="deactivated", email="ada@example.org", name="Ada", user_id=ADA.user_id
    )
    if event_first:
        await world.notifications.updated(event, "event")
    await world.notifications.account_message(message, "message")
    if not event_first:
        await world.notifications.updated(event, "event")
    assert world.kinds == ["deactivated"]


async def test_after_a_reactivation_the_next_deactivation_is_told(world: World) -> None:
    for version, active in ((2, False), (3, True), (4, False)):
        event = updated(version, "is_active", is_active=active)
        await world.notifications.updated(event, f"key {version}")
    assert world.kinds == ["deactivated", "reactivated", "deactivated"]


async def test_old_news_is_not_told_again_and_another_attempt_is(world: World) -> None:
    await world.notifications.updated(updated(3, "name"), "c")
    await world.notifications.updated(updated(2, "name"), "b")
    await world.notifications.updated(updated(3, "name"), "c")
    assert [each.id for each in world.sent] == ["c", "c"]
    # A welcome that comes late is one all the same.
    await world.notifications.created(UserCreated(**ADA.model_dump()), "a")
    assert world.kinds[-1] == "welcome"


async def test_nobody_is_told_without_an_address(world: World) -> None:
    await world.notifications.created(UserCreated(**ADA.model_dump() | {"email": None}), "key")
    assert world.sent == []


@pytest.mark.parametrize("link", ["https://shop.example/confirm#t0k3n", None])
async def test_a_message_carries_its_link_or_else_its_token(world: World, link: str | None) -> None:
    message = AccountMessage(
        kind="reset-password", email="ada@example.org", name="Ada", token="t0k3n", link=link
    )
    await world.notifications.account_message(message, "key")
    [sent] = world.sent
    assert (sent.id, sent.kind, sent.email) == ("key", "reset-password", "ada@example.org")
    assert (link or "t0k3n") in sent.text
    assert "t0k3n" not in repr(message)
    assert "t0k3n" not in repr(sent)


async def test_a_changed_address_is_told_to_the_old_one(world: World) -> None:
    message = AccountMessage(
        kind="address-changed", email="old@example.org", name="Ada", user_id=ADA.user_id
    )
    await world.notifications.account_message(message, "key")
    await world.notifications.updated(updated(2, "email", email="new@example.org"), "event")
    assert [(each.kind, each.email) for each in world.sent] == [
        ("address-changed", "old@example.org"),
        ("changed", "new@example.org"),
    ]


async def test_a_proof_that_has_expired_is_not_sent(world: World) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    message = AccountMessage(
        kind="reset-password", email="ada@example.org", name="Ada", token="t", expires_at=past
    )
    await world.notifications.account_message(message, "key")
    assert world.sent == []


def test_there_are_words_of_every_kind_also_for_somebody_without_a_name() -> None:
    for kind in TEXTS:
        subject, text = to_words(kind, name="", proof="proof")
        assert subject
        assert "Hello ," not in text
        assert "{" not in text


def test_a_kind_of_a_later_version_is_an_attempt_that_failed() -> None:
    with pytest.raises(LookupError, match="new-device"):
        to_words("new-device", name="Ada")
