"""How features give tasks and tell events."""

from app.settings import WorkerSettings
from shared.messaging.publishing import MESSAGING_METRICS, messaging_resource

MESSAGING = (MESSAGING_METRICS, messaging_resource(WorkerSettings))
