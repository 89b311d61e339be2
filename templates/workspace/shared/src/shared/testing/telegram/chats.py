"""A chat of one person with a bot: how the person acts, and what the person sees."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from aiogram.types import (
    CallbackQuery,
    Chat,
    ChatMemberBanned,
    ChatMemberMember,
    ChatMemberUpdated,
    Message,
)

from shared.testing.telegram.formatting import find_commands, trim
from shared.testing.waiting import Changes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aiogram.methods import AnswerCallbackQuery
    from aiogram.types import ReplyKeyboardMarkup, User

    from shared.testing.telegram.bots import FakeBot, File

State = Literal["open", "blocked", "deactivated", "new"]


class ActionError(Exception):
    """A person cannot do that."""


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo that a person sends."""

    content: bytes


@dataclass(kw_only=True)
class Press:
    """A press of a button, and the bot's answer to it."""

    id: str
    chat: FakeChat = field(repr=False)
    message_id: int
    data: str
    answer: AnswerCallbackQuery | None = None


@dataclass(eq=False, repr=False)
class FakeChat:
    """One person and one bot."""

    bot: FakeBot
    user: User
    state: State = "open"
    keyboard: ReplyKeyboardMarkup | None = None
    actions: list[str] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)
    _versions: dict[int, list[Message]] = field(default_factory=dict)
    _deleted: set[int] = field(default_factory=set)

    def send_text(self, text: str) -> Message:
        """Send a text; commands in it are marked as Telegram marks them."""
        plain, _ = trim(text, [])
        if not plain:
            raise ActionError("a text needs more than space")
        return self._send(text=plain, entities=find_commands(plain) or None)

    def send_photo(self, content: bytes, *, caption: str | None = None) -> Message:
        """Send a photo, which Telegram offers in three sizes."""
        return self._send(photo=self.bot.files.add_photo(content), caption=caption)

    def send_document(self, file: File, *, caption: str | None = None) -> Message:
        """Send a file as it is."""
        return self._send(document=self.bot.files.add_document(file), caption=caption)

    def send_album(
        self, items: Sequence[Photo | File], *, caption: str | None = None
    ) -> list[Message]:
        """Send several photos or documents at once: a message each, under the first the caption."""
        if not items:
            raise ActionError("an album needs photos or documents")
        group = str(secrets.randbits(62))
        return [
            self._send(**self._content_of(item), media_group_id=group, caption=words)
            for item, words in zip_longest(items, [caption])
        ]

    def edit_text(self, message_id: int, text: str) -> Message:
        """Change a message that the person sent."""
        self._require_active()
        before = self.current(message_id)
        if before is None or before.text is None or not is_from(before, self.user):
            raise ActionError(f"message {message_id} is no text of this person")
        edited = self.replace(before, text=text, entities=find_commands(text) or None)
        self.bot.updates.put("edited_message", edited)
        return edited

    def press(self, message: Message | int, button: str) -> Press:
        """Press a button of an inline keyboard, named by its text or its data."""
        self._require_active()
        number = message if isinstance(message, int) else message.message_id
        shown = self.current(number)
        markup = shown.reply_markup if shown else None
        buttons = [each for row in markup.inline_keyboard for each in row] if markup else []
        found = [each for each in buttons if button in (each.text, each.callback_data)]
        if shown is None or not found or found[0].callback_data is None:
            there = ", ".join(repr(each.text) for each in buttons) or "none"
            raise ActionError(f"message {number} has no button {button!r}; buttons: {there}")
        press = Press(
            id=str(secrets.randbits(62)), chat=self, message_id=number, data=found[0].callback_data
        )
        self.bot.presses[press.id] = press
        query = CallbackQuery(
            id=press.id,
            from_user=self.user,
            chat_instance=str(self.user.id),
            message=shown,
            data=press.data,
        )
        self.bot.updates.put("callback_query", query)
        self.changed()
        return press

    def block(self) -> None:
        """Block the bot, which is told."""
        self._change_membership("blocked")

    def unblock(self) -> None:
        """Let the bot write again, which is told."""
        self._change_membership("open")

    def deactivate(self) -> None:
        """Give up the account, of which nobody is told."""
        self.state = "deactivated"
        self.changed()

    def become(self, state: State) -> None:
        """Bring the chat into a state by what the person does for it; `new` is as if never met."""
        if state in ("blocked", "open"):
            self._change_membership(state)
        else:
            self.state = state
            self.changed()

    @property
    def messages(self) -> list[Message]:
        """What the chat shows, from both sides, oldest first."""
        return [each[-1] for number, each in self._versions.items() if number not in self._deleted]

    @property
    def replies(self) -> list[Message]:
        """Those of the messages that are the bot's."""
        return [each for each in self.messages if is_from(each, self.bot.user)]

    def versions(self, message: Message | int) -> list[Message]:
        """Return every version of a message, the first one first; also of a deleted one."""
        number = message if isinstance(message, int) else message.message_id
        return list(self._versions[number])

    def content(self, message: Message) -> bytes:
        """Return the bytes of a message's photo, in its largest size, or of its document."""
        file = message.photo[-1] if message.photo else message.document
        stored = self.bot.files.get(file.file_id) if file else None
        if stored is None:
            raise ActionError(f"message {message.message_id} has no file that is still kept")
        return stored.content

    async def wait_for_reply(
        self,
        condition: str | Callable[[Message], bool] = "",
        *,
        after: Message | None = None,
        timeout_seconds: float = 10,
    ) -> Message:
        """Return the bot's first message that has this text in it, or for which this holds.

        Messages are looked at as they are, edits included; only those after `after`, if given.
        TimeoutError says what the bot sent instead.
        """
        first = after.message_id + 1 if after else 0

        def holds(message: Message) -> bool:
            if callable(condition):
                return condition(message)
            return condition in (message.text or message.caption or "")

        def found() -> Message | None:
            later = (each for each in self.replies if each.message_id >= first)
            return next(filter(holds, later), None)

        what = f"a reply with {condition!r}"
        try:
            return await self.changes.wait_until(found, timeout_seconds=timeout_seconds, what=what)
        except TimeoutError as error:
            seen = [each.text or each.caption or each.content_type for each in self.replies]
            raise TimeoutError(f"{error}; the bot's messages: {seen}") from None

    async def ask(self, text: str, *, timeout_seconds: float = 10) -> Message:
        """Send a text and return the bot's next message."""
        sent = self.send_text(text)
        return await self.wait_for_reply(after=sent, timeout_seconds=timeout_seconds)

    async def wait_for_answer(
        self, press: Press, *, timeout_seconds: float = 10
    ) -> AnswerCallbackQuery:
        """Return the bot's answer to the press of a button."""
        return await self.changes.wait_until(
            lambda: press.answer,
            timeout_seconds=timeout_seconds,
            what=f"an answer to the press of {press.data!r}",
        )

    def changed(self) -> None:
        """Have everybody look again who waits for something."""
        self.changes.notify()
        self.bot.changes.notify()

    def current(self, message_id: int | None) -> Message | None:
        """Return a message as it is shown; None if it is not there, or deleted."""
        versions = self._versions.get(message_id or 0)
        return versions[-1] if versions and message_id not in self._deleted else None

    def add(self, sender: User, **content: object) -> Message:
        """Add a message to the chat."""
        about = {
            "message_id": self.bot.next_message_id(),
            "date": datetime.now(UTC),
            "chat": self._chat(),
            "from_user": sender,
        }
        message = Message.model_validate(about | content)
        self._versions[message.message_id] = [message]
        self.changed()
        return message

    def replace(self, message: Message, **content: object) -> Message:
        """Show another version of a message, and return it."""
        now = int(datetime.now(UTC).timestamp())
        edited = message.model_copy(update={"edit_date": now} | content)
        self._versions[message.message_id].append(edited)
        self.changed()
        return edited

    def delete(self, message: Message) -> None:
        """Show a message no longer."""
        self._deleted.add(message.message_id)
        self.changed()

    def _chat(self) -> Chat:
        about = self.user.model_dump(include={"id", "first_name", "last_name", "username"})
        return Chat(type="private", **about)

    def _send(self, **content: object) -> Message:
        self._require_active()
        self.state = "open"
        message = self.add(self.user, **content)
        self.bot.updates.put("message", message)
        return message

    def _content_of(self, item: Photo | File) -> dict[str, object]:
        if isinstance(item, Photo):
            return {"photo": self.bot.files.add_photo(item.content)}
        return {"document": self.bot.files.add_document(item)}

    def _require_active(self) -> None:
        if self.state in ("blocked", "deactivated"):
            raise ActionError(f"the chat is {self.state}")

    def _change_membership(self, state: Literal["open", "blocked"]) -> None:
        if self.state == "deactivated":
            raise ActionError("the chat is deactivated")
        if self.state == state:
            return
        self.state = state
        member = ChatMemberMember(user=self.bot.user)
        banned = ChatMemberBanned(user=self.bot.user, until_date=datetime.fromtimestamp(0, UTC))
        event = ChatMemberUpdated(
            chat=self._chat(),
            from_user=self.user,
            date=datetime.now(UTC),
            old_chat_member=member if state == "blocked" else banned,
            new_chat_member=banned if state == "blocked" else member,
        )
        self.bot.updates.put("my_chat_member", event)
        self.changed()


def is_from(message: Message, user: User) -> bool:
    """Whether this user sent the message."""
    return message.from_user is not None and message.from_user.id == user.id
