"""The one list of tasks that may be posted."""

from typing import Any

from shared.contracts.analytics import ANALYTICS_REPORT
from shared.contracts.media import MEDIA_PROCESS
from shared.messaging.contract import Task

# A new one is one line here; openapi.json shows its payload.
TASKS: tuple[Task[Any], ...] = (MEDIA_PROCESS, ANALYTICS_REPORT)
