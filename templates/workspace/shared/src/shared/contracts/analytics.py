"""What can be asked of whoever counts."""

from datetime import date

from pydantic import BaseModel

from shared.messaging.contract import Task, TaskPayload


class MakeReport(TaskPayload):
    """Report what was counted on this day, which is one of UTC."""

    day: date


class Report(BaseModel):
    """How many events of each type happened on a day."""

    day: date
    counts: dict[str, int]


ANALYTICS_REPORT = Task(name="analytics.report", queue="analytics", payload=MakeReport)
