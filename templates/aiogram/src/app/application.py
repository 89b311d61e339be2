"""Composes the service from its features; the same text in every variant."""

from collections.abc import Iterable
from pathlib import Path

from app.activity import ACTIVITY
from app.data_service import DATA_SERVICE
from app.dispatching import dispatcher_resource
from app.feature import BotFeature, handlers_of
from app.features import FEATURES, Settings
from app.menu import menu_resource
from app.translations import TRANSLATIONS
from app.updates.resources import updates_resources
from app.updates.webhook import webhook_router
from shared.messaging.contract import asyncapi_text
from shared.web import Feature, Service, create_app

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def build_application(settings: Settings, features: Iterable[BotFeature] = FEATURES) -> Service:
    """Return the application: /health, /ready, /metrics, and the bot; with a webhook its route.

    Nothing is opened, and nothing taken from Telegram, before it is started.
    """
    chosen = tuple(features)
    own = (part for feature in chosen for part in feature.resources)
    needed = (*DATA_SERVICE, *own)
    # What handlers use is opened before the first update comes, and closed after the last.
    opened = tuple(dict.fromkeys(part.provides for part in needed))
    handlers = handlers_of(chosen)
    allowed = sorted({handler.on for handler in handlers})
    bot = Feature(
        name="bot",
        routers=(webhook_router(),) if settings.bot_mode == "webhook" else (),
        resources=(
            *needed,
            TRANSLATIONS,
            ACTIVITY,
            dispatcher_resource(chosen, opened),
            *updates_resources(settings, allowed, opened),
            menu_resource(handlers),
        ),
    )
    return create_app(settings=settings, features=(bot,), edge=True)


def asyncapi_document() -> str:
    """Return the text of `asyncapi.json`; empty in a variant without messages."""
    return asyncapi_text(
        PROJECT,
        publishes=(event for feature in FEATURES for event in feature.publishes),
        sends=(task for feature in FEATURES for task in feature.sends),
        consumers=(consumer for feature in FEATURES for consumer in feature.consumers),
    )
