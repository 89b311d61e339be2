"""How features give tasks and publish events."""

from app.settings import WorkerSettings
from shared.messaging.publishing import TASK_SENDER, messaging_resources

MESSAGING = messaging_resources(WorkerSettings)

# For rules that give tasks: they take a `TaskSender`.
TASKS = (*MESSAGING, TASK_SENDER)
