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
from shared.messaging.contract import EventData
from shared.web import Feature

__all__ = [
    "DomainEvent",
    "OutboxSettings",
    "TableEvents",
    "outbox_feature",
    "publish_event",
    "values_for",
]


def outbox_feature(*tables: TableEvents, others: tuple[type[EventData], ...] = ()) -> Feature:
    """Return the feature that publishes an event for each change of these tables.

    `others` are the events that `publish_event` is called with.
    """
    resources = (DATABASE, *PUBLISHER, RELAY, outbox_resource(tables))
    publishes = (*(event for table in tables for event in table.events), *others)
    return Feature(name="outbox", resources=resources, publishes=publishes)
