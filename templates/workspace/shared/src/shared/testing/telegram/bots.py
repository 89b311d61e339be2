"""A bot as Telegram knows it: its account, updates, chats and files."""

from __future__ import annotations

import mimetypes
import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from aiogram.types import Document, PhotoSize, User, WebhookInfo

from shared.testing.telegram.chats import FakeChat
from shared.testing.telegram.failures import ApiError, FailurePlan, FloodControl
from shared.testing.telegram.updates import UpdateQueue
from shared.testing.waiting import Changes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiogram.methods import TelegramMethod
    from aiogram.types import BotCommand

    from shared.testing.telegram.chats import Press
    from shared.testing.telegram.failures import Failure, FloodLimits

T = TypeVar("T")

DOWNLOAD_BYTES = 20 * 2**20
# More than a test makes; what is older is forgotten.
KEPT_BYTES = 200 * 2**20
KEPT_CALLS = 10_000
# The scope and the language of the commands that are shown where no others are set.
EVERYBODY = ("default", "")


@dataclass(frozen=True, kw_only=True)
class File:
    """A document that a person sends; `claimed_size` is what Telegram says that it has."""

    content: bytes
    name: str
    mime_type: str | None = None
    claimed_size: int | None = None


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file that either side has sent."""

    id: str
    unique_id: str
    path: str
    name: str
    content: bytes
    size: int


class FileStorage:
    """The files of a bot, in memory."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}
        self._count = 0
        self._bytes = 0

    def get(self, file_id: str) -> StoredFile | None:
        """Return a file; None if there is none, or it was forgotten."""
        return self._files.get(file_id)

    def _store(self, folder: str, content: bytes, name: str, size: int | None = None) -> StoredFile:
        """Keep a file, and forget the oldest ones when they are too many bytes."""
        self._count += 1
        # The path is Telegram's own: nothing of a person's file name but a plain ending.
        ending = PurePosixPath(name).suffix.lower()
        safe = ending if ending[1:].isascii() and ending[1:].isalnum() else ""
        stored = StoredFile(
            id=f"{folder}-{self._count}-{secrets.token_urlsafe(24)}",
            unique_id=secrets.token_urlsafe(9),
            path=f"{folder}/file_{self._count}{safe}",
            name=name,
            content=content,
            size=len(content) if size is None else size,
        )
        self._files[stored.id] = stored
        self._bytes += len(content)
        while self._bytes > KEPT_BYTES and len(self._files) > 1:
            oldest = self._files.pop(next(iter(self._files)))
            self._bytes -= len(oldest.content)
        return stored

    def at(self, path: str) -> StoredFile:
        """Return the file that may be downloaded from there; ApiError 404 if there is none."""
        found = next((each for each in self._files.values() if each.path == path), None)
        if found is None or found.size > DOWNLOAD_BYTES:
            raise ApiError(404, "Not Found")
        return found

    def add_photo(self, content: bytes) -> list[PhotoSize]:
        """Keep a photo and return its sizes; only the largest one has these bytes.

        The smaller ones are no pictures, so that who takes the wrong one sees it.
        """
        return [
            self._photo_size(b"a smaller size of the photo", 90, 68),
            self._photo_size(b"a smaller size of the photo", 320, 240),
            self._photo_size(content, 1280, 960),
        ]

    def _photo_size(self, content: bytes, width: int, height: int) -> PhotoSize:
        stored = self._store("photos", content, "photo.jpg")
        return PhotoSize(
            file_id=stored.id,
            file_unique_id=stored.unique_id,
            width=width,
            height=height,
            file_size=stored.size,
        )

    def add_document(self, file: File) -> Document:
        """Keep a file and return it as a document."""
        stored = self._store("documents", file.content, file.name, file.claimed_size)
        return Document(
            file_id=stored.id,
            file_unique_id=stored.unique_id,
            file_name=stored.name,
            mime_type=file.mime_type or mimetypes.guess_type(stored.name)[0],
            file_size=stored.size,
        )


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
        # Whether the token is refused.
        self.revoked = False
        self.chats: dict[int, FakeChat] = {}
        self.changes = Changes()
        self.updates = UpdateQueue(self.changes)
        self.webhook = WebhookInfo(url="", has_custom_certificate=False, pending_update_count=0)
        self.webhook_secret: str | None = None
        self.command_lists: dict[tuple[str, str], list[BotCommand]] = {}
        self.calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.presses: dict[str, Press] = {}
        self.plan = FailurePlan(self.changes)
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

    def fail(self, failure: Failure) -> None:
        """Let requests fail; those that several failures mean meet the oldest one."""
        self.plan.failures.append(failure)

    def heal(self) -> None:
        """Let nothing fail any more; what is held goes on."""
        self.plan.clear()

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

    def called(self, name: str | None = None, *, chat_id: int | None = None) -> list[Call]:
        """Return the calls of a method, or of all, to one chat or to all; refused ones too."""
        named = (each for each in self.calls if name in (None, each.name))
        return [each for each in named if chat_id in (None, each.chat_id)]

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
