"""The outbox: events are written in the transaction of the change, and published after it."""

from app.database import DATABASE
from app.outbox.events import (
    DomainEvent,
    TableEvents,
    outbox_resource,
    publish_event,
    values_for,
)
from app.outbox.relay import PUBLISHER, RELAY, OutboxSettings
from shared.web import Feature

__all__ = [
    "DomainEvent",
    "OutboxSettings",
    "TableEvents",
    "outbox_feature",
    "publish_event",
    "values_for",
]


def outbox_feature(*tables: TableEvents) -> Feature:
    """Return the feature that publishes an event for each change of these tables."""
    resources = (DATABASE, *PUBLISHER, RELAY, outbox_resource(tables))
    return Feature(name="outbox", resources=resources)
