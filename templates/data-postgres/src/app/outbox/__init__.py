"""The outbox: events are written in the transaction of the change, and sent after it."""

from app.database import DATABASE
from app.outbox.facts import TableEvents
from app.outbox.recorder import recorder_of
from app.outbox.resources import RELAY
from app.outbox.settings import EVENTS
from shared.web import Feature


def feature_of(*tables: TableEvents) -> Feature:
    """Return the feature that tells what is written to these tables."""
    resources = (DATABASE, *EVENTS, RELAY, recorder_of(tables))
    return Feature(name="outbox", resources=resources)
