"""A bot as Telegram knows it: its updates, chats, files, and the failures it is to meet."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from aiogram.types import User, WebhookInfo

from shared.testing.telegram.chats import FakeChat
from shared.testing.telegram.failures import ApiError, FloodControl
from shared.testing.telegram.files import FileStorage
from shared.testing.telegram.updates import Changes, UpdateQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiogram.methods import TelegramMethod
    from aiogram.types import BotCommand

    from shared.testing.telegram.chats import Press
    from shared.testing.telegram.failures import Failure, FloodLimits

T = TypeVar("T")

# More than a test makes; older ones are forgotten.
KEPT_CALLS = 10_000
# The scope and the language of the commands that are shown where no others are set.
EVERYBODY = ("default", "")


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request of the bot, and how it was answered."""

    name: str
    method: TelegramMethod[Any]
    status: int
    at: float = field(default_factory=time.monotonic)

    @property
    def chat_id(self) -> int | None:
        """The chat that it is about, if it is about one."""
        return as_chat_id(getattr(self.method, "chat_id", None))


class FakeBot:
    """A bot and everything that happens to it."""

    def __init__(self, token: str) -> None:
        self.token = token
        number = int(token.split(":", maxsplit=1)[0])
        self.user = User(
            id=number,
            is_bot=True,
            first_name=f"Bot {number}",
            username=f"fake_{number}_bot",
            can_join_groups=True,
            can_read_all_group_messages=False,
            supports_inline_queries=False,
        )
        self.revoked = False
        self.chats: dict[int, FakeChat] = {}
        self.changes = Changes()
        self.updates = UpdateQueue(self.changes)
        self.webhook = WebhookInfo(url="", has_custom_certificate=False, pending_update_count=0)
        self.webhook_secret: str | None = None
        self.command_lists: dict[tuple[str, str], list[BotCommand]] = {}
        self.calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.presses: dict[str, Press] = {}
        self.failures: list[Failure] = []
        self.held: list[str] = []
        self.files = FileStorage()
        self.flood = FloodControl()
        self._messages = 0

    def chat(self, user_id: int, **about: str) -> FakeChat:
        """Return the chat with this person, known by first_name, last_name, username and so on."""
        chat = self.chats.get(user_id)
        if chat is None:
            names = {"first_name": f"Person {user_id}"} | about
            user = User.model_validate({"id": user_id, "is_bot": False} | names)
            chat = self.chats[user_id] = FakeChat(self, user)
        elif about:
            chat.user = chat.user.model_copy(update=about)
        return chat

    def existing_chat(self, chat_id: object) -> FakeChat:
        """Return a chat that the bot may write to; ApiError if it may not."""
        number = as_chat_id(chat_id)
        if number is None:
            raise ApiError(400, "Bad Request: chat_id is empty")
        if number not in self.chats:
            raise ApiError(400, "Bad Request: chat not found")
        chat = self.chats[number]
        refusals: Mapping[str, str] = {
            "blocked": "bot was blocked by the user",
            "deactivated": "user is deactivated",
            "new": "bot can't initiate conversation with a user",
        }
        if chat.state in refusals:
            raise ApiError(403, f"Forbidden: {refusals[chat.state]}")
        return chat

    @property
    def pending(self) -> int:
        """How many updates the bot has not confirmed."""
        return len(self.updates.waiting)

    def set_webhook(self, url: str, connections: int, secret: str | None) -> None:
        """Have updates sent to this URL; none of them if it is empty."""
        self.updates.end_polling("terminated by setWebhook request")
        self.webhook_secret = secret
        self.webhook = WebhookInfo(
            url=url,
            has_custom_certificate=False,
            pending_update_count=0,
            max_connections=connections if url else None,
        )

    def revoke(self) -> None:
        """Have the token refused from now on."""
        self.revoked = True

    def fail(self, failure: Failure) -> None:
        """Let requests fail; those that several failures mean meet the oldest one."""
        self.failures.append(failure)

    def heal(self) -> None:
        """Forget all failures; what is held goes on."""
        self.failures.clear()
        self.changes.notify()

    async def next_failure(self, method: str, chat_id: int | None = None) -> Failure | None:
        """Return the failure that this request meets, and count it; wait while it is held."""
        failure = next((f for f in self.failures if f.matches(method, chat_id)), None)
        if failure is None:
            return None
        if failure.hold:
            await self._hold(method, failure)
            return None
        if failure.times is not None:
            failure.times -= 1
            if failure.times == 0:
                self.failures.remove(failure)
        return failure

    async def _hold(self, method: str, failure: Failure) -> None:
        self.held.append(method)
        self.changes.notify()
        try:
            await self.changes.wait_until(
                lambda: failure not in self.failures, timeout_seconds=None, what=""
            )
        finally:
            self.held.remove(method)

    @property
    def commands(self) -> list[BotCommand]:
        """The commands that everybody is shown who has no list of his own."""
        return self.command_lists.get(EVERYBODY, [])

    @property
    def limits(self) -> FloodLimits | None:
        """How much the bot may send; None: as much as it likes."""
        return self.flood.limits

    @limits.setter
    def limits(self, limits: FloodLimits | None) -> None:
        self.flood = FloodControl(limits)

    def record(self, method: TelegramMethod[Any], status: int, name: str | None = None) -> None:
        """Keep a request that was answered."""
        self.calls.append(Call(name=name or method.__api_method__, method=method, status=status))
        self.changes.notify()

    def called(self, name: str, *, chat_id: int | None = None) -> list[Call]:
        """Return the calls of a method, to one chat or to all; refused ones too."""
        return [
            call for call in self.calls if call.name == name and chat_id in (None, call.chat_id)
        ]

    async def wait_until(
        self, condition: Callable[[], T | None], *, timeout_seconds: float = 10, what: str = "it"
    ) -> T:
        """Return what the condition gives as soon as that is true; TimeoutError names `what`.

        It is looked at again whenever the bot has called, or something changed in its chats.
        """
        return await self.changes.wait_until(condition, timeout_seconds=timeout_seconds, what=what)

    def next_message_id(self) -> int:
        """Return the number of a new message; they grow over all chats of the bot."""
        self._messages += 1
        return self._messages


def as_chat_id(value: object) -> int | None:
    """Return a chat's number, however a request spells it; None if it is none."""
    try:
        return int(str(value))
    except ValueError:
        return None
