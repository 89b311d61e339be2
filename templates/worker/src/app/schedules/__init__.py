"""The schedules of this service, whichever feature their tasks belong to."""

from app.feature import WorkFeature
from shared.messaging.schedule import Schedule

# A new schedule is one entry here: Schedule(name=..., cron="0 6 * * 1-5", timezone="Europe/Berlin",
# task=..., payload=...). Its task is enqueued once for each time, however many workers run.
SCHEDULES: tuple[Schedule, ...] = ()

feature = WorkFeature(name="schedules", schedules=SCHEDULES)
