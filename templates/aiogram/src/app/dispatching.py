"""Makes aiogram's dispatcher of the features: their handlers, and what is around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram import Dispatcher, F
from aiogram.fsm.storage.base import DefaultKeyBuilder
from aiogram.fsm.storage.redis import RedisStorage

from app.activity import Activity
from app.feature import BotFeature, Handler, handlers_of, router_of
from app.middlewares import middlewares_of
from app.redis import ServiceRedis
from app.settings import BotSettings
from app.translations import Translations
from shared.lifecycle import Resource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.lifecycle import Resources


def dispatcher_resource(
    features: Sequence[BotFeature], requires: tuple[type, ...]
) -> Resource[Dispatcher]:
    """Return the dispatcher; handlers may ask for `resources`, which has what `requires` names.

    Raises CompositionError when two handlers have one name.
    """
    handlers = handlers_of(features)

    def build(resources: Resources) -> Dispatcher:
        return build_dispatcher(features, handlers, resources)

    needed = (BotSettings, ServiceRedis, Activity, Translations, *requires)
    return Resource(provides=Dispatcher, factory=build, requires=needed)


def build_dispatcher(
    features: Sequence[BotFeature], handlers: tuple[Handler, ...], resources: Resources
) -> Dispatcher:
    """Return a dispatcher of these features; the first handler that fits answers."""
    settings, redis = resources.get(BotSettings), resources.get(ServiceRedis)
    # What a dialogue has come to is forgotten when nobody has answered for so long.
    storage = RedisStorage(
        redis.client,
        key_builder=DefaultKeyBuilder(prefix=redis.key("dialogue")),
        state_ttl=settings.dialogue_seconds,
        data_ttl=settings.dialogue_seconds,
    )
    dispatcher = Dispatcher(
        storage=storage,
        resources=resources,
        admins=settings.admin_ids,
        handlers=handlers,
    )
    for middleware in middlewares_of(resources):
        dispatcher.update.outer_middleware(middleware)
    # Only private chats: messages of groups and channels are ignored.
    for observer in (dispatcher.message, dispatcher.edited_message):
        observer.filter(F.chat.type == "private")
    dispatcher.include_routers(*map(router_of, features))
    return dispatcher
