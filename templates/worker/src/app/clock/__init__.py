"""What this service does by the clock, whichever feature it belongs to."""

from app.feature import WorkFeature
from shared.messaging.schedule import Schedule

# A new entry is one line here: Schedule(name=..., cron="0 6 * * 1-5", timezone="Europe/Berlin",
# task=..., payload=...). Its task is enqueued once, however many workers run.
SCHEDULES: tuple[Schedule, ...] = ()

feature = WorkFeature(name="clock", schedules=SCHEDULES)
