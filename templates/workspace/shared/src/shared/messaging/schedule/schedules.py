"""A schedule: a cron expression in a time zone, and the task that is enqueued at its times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import BaseModel

from shared.errors import CompositionError

if TYPE_CHECKING:
    from shared.messaging.contract import Task

Payload = BaseModel | Callable[[datetime], BaseModel]

LATE = timedelta(minutes=1)
_ERROR = timedelta(hours=3)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A task to be enqueued at the times of a cron expression, in the time zone's wall time.

    A time that the clocks skip in spring comes when they have been moved; one that they repeat
    in autumn comes once. What is due every hour or more often goes by the time that passes.

    A time is missed when it is over for more than a minute and nothing was enqueued, because no
    replica ran or the broker was away. `missed="skip"` lets it be; `missed="once"` enqueues the
    latest one as soon as it can, however late, unless another time has come that is not missed;
    it leaves out those before it.

    A payload that is called gets the time that was due, in the time zone; for the same time it
    must give the same payload. Raises CompositionError for what can never work.
    """

    name: str
    cron: str
    task: Task[Any]
    payload: Payload
    timezone: str = "UTC"
    missed: Literal["skip", "once"] = "skip"

    def __post_init__(self) -> None:
        try:
            self.next_run(datetime.now(UTC))
        except (CronSimError, StopIteration):
            raise self._wrong(f"{self.cron!r} is no time that ever comes") from None
        except (ZoneInfoNotFoundError, ValueError):
            raise self._wrong(f"there is no time zone {self.timezone!r}") from None
        if not self.task.track:
            raise self._wrong(f"{self.task.name} is not tracked, so it could run twice")

    def next_run(self, now: datetime) -> datetime:
        """Return the first time after now, in UTC."""
        return next(CronSim(self.cron, now.astimezone(self._zone))).astimezone(UTC)

    def due_runs(self, after: datetime, now: datetime) -> list[datetime]:
        """Return the times after one and not after now, in UTC: those not missed, else the last."""
        # Backwards, cronsim errs around the hour that clocks skip or repeat; forwards it does not.
        about = next(CronSim(self.cron, now.astimezone(self._zone), reverse=True))
        found, time = [], max(after, about.astimezone(UTC) - _ERROR)
        while (time := self.next_run(time)) <= now:
            found.append(time)
        return [each for each in found if now - each <= LATE] or found[-1:]

    def payload_at(self, due: datetime) -> BaseModel:
        """Return what is enqueued for that time."""
        if isinstance(self.payload, BaseModel):
            return self.payload
        return self.payload(due.astimezone(self._zone))

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def _wrong(self, why: str) -> CompositionError:
        return CompositionError(f"the schedule {self.name}: {why}")
