"""Composes the service from its features; the same text in every variant."""

from collections.abc import Iterable
from pathlib import Path

from app.feature import WorkFeature, consumers_of, schedules_of
from app.features import FEATURES, Settings
from app.settings import WorkerSettings
from shared.messaging.consuming import consuming_resources
from shared.messaging.contract import asyncapi_text
from shared.messaging.schedule import scheduler_resources
from shared.web import Feature, Service, create_app

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def build_application(settings: Settings, features: Iterable[WorkFeature] = FEATURES) -> Service:
    """Return the application: /health, /ready, /metrics and all consumers.

    Nothing is opened, and nothing consumed, before it is started.
    """
    chosen = tuple(features)
    needed = tuple(part for feature in chosen for part in feature.resources)
    # What handlers use is opened before the first message comes, and closed after the last.
    opened = tuple(dict.fromkeys(part.provides for part in needed))
    consuming = consuming_resources(consumers_of(chosen), WorkerSettings, requires=opened)
    schedules = schedules_of(chosen)
    scheduler = scheduler_resources(schedules, WorkerSettings) if schedules else ()
    work = Feature(name="work", resources=(*needed, *consuming, *scheduler))
    return create_app(settings=settings, features=(work,))


def asyncapi_document() -> str:
    """Return the text of `asyncapi.json`: what is taken, published and sent."""
    return asyncapi_text(
        PROJECT,
        publishes=(event for feature in FEATURES for event in feature.publishes),
        sends=(
            *(task for feature in FEATURES for task in feature.sends),
            *(schedule.task for schedule in schedules_of(FEATURES)),
        ),
        consumers=consumers_of(FEATURES),
    )
