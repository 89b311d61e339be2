"""How features give tasks and publish events."""

from app.settings import WorkerSettings
from shared.messaging.publishing import MESSAGING_METRICS, messaging_resource
from shared.messaging.sender import TASK_SENDER

MESSAGING = (MESSAGING_METRICS, messaging_resource(WorkerSettings))

# For rules that give tasks: they take a `TaskSender`.
TASKS = (*MESSAGING, TASK_SENDER)
