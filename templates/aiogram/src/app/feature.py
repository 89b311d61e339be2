"""What a feature of a bot is: handlers that each say who may use them, and what those need."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from aiogram import Router
from aiogram.filters import Command

from shared.errors import CompositionError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from aiogram.types import TelegramObject, User

    from shared.lifecycle import Resource
    from shared.messaging.consuming import MessageConsumer
    from shared.messaging.contract import EventData, Task

Allowed: TypeAlias = Literal["everyone", "administrators"]
EVERYONE: Allowed = "everyone"
ADMINISTRATORS: Allowed = "administrators"


@dataclass(frozen=True, kw_only=True)
class Handler:
    """Answers one kind of update; one that does not say for whom is for administrators.

    `title` is its line in the README's table. One with a `command` answers `/command`; it stands
    in /help and in Telegram's menu if it has a `summary`, a function that gives the text in the
    language of whoever asks. Others are chosen by their `filters`. To whom a handler is not
    allowed, it does not exist.
    """

    handle: Callable[..., Awaitable[object]]
    on: Literal["message", "edited_message", "callback_query", "my_chat_member"] = "message"
    command: str = ""
    summary: Callable[[], str] | None = None
    filters: tuple[Callable[..., Any], ...] = ()
    allow: Allowed = ADMINISTRATORS
    title: str = ""

    @property
    def name(self) -> str:
        """What it is called in the README: its command, or its title."""
        return f"/{self.command}" if self.command else self.title


@dataclass(frozen=True, kw_only=True)
class BotFeature:
    """One capability of a bot: what it answers, and what that needs.

    `asyncapi.json` describes the messages that it consumes, publishes and sends.
    """

    name: str
    handlers: tuple[Handler, ...] = ()
    consumers: tuple[MessageConsumer, ...] = ()
    publishes: tuple[type[EventData], ...] = ()
    sends: tuple[Task[Any], ...] = ()
    resources: tuple[Resource[Any], ...] = ()


def handlers_of(features: Iterable[BotFeature]) -> tuple[Handler, ...]:
    """Return every handler; raises CompositionError if two have one name, or one has none."""
    handlers = tuple(handler for feature in features for handler in feature.handlers)
    names = Counter(handler.name for handler in handlers)
    if "" in names:
        raise CompositionError("a handler without a command needs a title")
    if twice := [name for name, count in names.items() if count > 1]:
        raise CompositionError(f"two handlers are called {', '.join(twice)}")
    return handlers


def router_of(feature: BotFeature) -> Router:
    """Return a new router of a feature; a router has one parent, so none is made in advance."""
    router = Router(name=feature.name)
    for handler in feature.handlers:
        filters = [*handler.filters]
        if handler.command:
            filters = [Command(handler.command), *filters]
        if handler.allow != EVERYONE:
            filters = [is_administrator, *filters]
        router.observers[handler.on].register(handler.handle, *filters)
    return router


async def is_administrator(
    _: TelegramObject, admins: frozenset[int], event_from_user: User | None = None
) -> bool:
    """Say whether ADMIN_IDS names who is asking."""
    return event_from_user is not None and event_from_user.id in admins
