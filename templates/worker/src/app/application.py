"""Composes the service from its features; the same text in every variant."""

from collections.abc import Iterable

from app.feature import WorkFeature, consumers_of, schedules_of
from app.features import FEATURES, Settings
from shared.messaging.consuming import consuming_resource
from shared.messaging.publishing import MESSAGING_METRICS
from shared.messaging.schedule import scheduler_resource
from shared.web import Feature, Service, create_app


def build_application(settings: Settings, features: Iterable[WorkFeature] = FEATURES) -> Service:
    """Return the application: /health, /ready, /metrics and all consumers.

    Nothing is opened, and nothing consumed, before it is started.
    """
    chosen = tuple(features)
    needed = tuple(part for feature in chosen for part in feature.resources)
    # What handlers use is opened before the first message comes, and closed after the last.
    opened = tuple(dict.fromkeys(part.provides for part in needed))
    consuming = consuming_resource(consumers_of(chosen), Settings, requires=opened)
    schedules = schedules_of(chosen)
    scheduler = (scheduler_resource(schedules, Settings),) if schedules else ()
    work = Feature(name="work", resources=(*needed, MESSAGING_METRICS, consuming, *scheduler))
    return create_app(settings=settings, features=(work,))
