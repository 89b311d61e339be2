"""All scenarios, and what each promises."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.faults import messages, scenarios, schedules
from tests.faults.arena import Arena
from tests.faults.figures import Figures
from tests.faults.sizes import Size


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """A fault; `may_run_again` says that an attempt may be run more than once because of it."""

    play: Callable[[Arena, Size], Awaitable[Figures]]
    may_run_again: bool = False
    dead: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The name in the list of tests."""
        return self.play.__name__

    def check(self, figures: Figures) -> None:
        """Fail when a promise is broken."""
        assert figures.faults, "nothing went wrong, so nothing is proven"
        assert (figures.lost, figures.twice) == (0, 0), figures
        assert figures.dead.keys() == self.dead, figures
        assert self.may_run_again or not figures.again, figures


_POISON = frozenset({"unknown-task", "invalid-json", "invalid-payload", "permanent"})

SCENARIOS = (
    Scenario(play=scenarios.worker_killed, may_run_again=True),
    Scenario(play=scenarios.broker_killed),
    Scenario(play=scenarios.connections_cut),
    # Claims are gone with it, so what was taken twice may be done twice.
    Scenario(play=scenarios.redis_emptied, may_run_again=True),
    Scenario(play=scenarios.redis_full),
    Scenario(play=scenarios.data_service_down),
    Scenario(play=messages.handlers_hang, dead=frozenset({"retries-exhausted"})),
    Scenario(play=scenarios.one_of_two_killed, may_run_again=True),
    Scenario(play=messages.poison, dead=_POISON),
    Scenario(
        play=messages.task_kills_workers, may_run_again=True, dead=frozenset({"delivery_limit"})
    ),
    Scenario(play=messages.events_twice),
    Scenario(play=scenarios.workers_replaced),
    Scenario(play=schedules.schedulers_compete),
    Scenario(play=schedules.schedulers_without_redis, may_run_again=True),
    Scenario(play=schedules.schedulers_without_broker),
)
