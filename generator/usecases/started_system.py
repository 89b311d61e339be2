"""Starts the services of a workspace as one system, and ends all that it has started."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from generator.backing import BackingKind, Request
from generator.processes import Processes
from generator.running import LogBook, Phase, Policy, ServerNote, System
from generator.usecases.lazy_backing import LazyBacking
from generator.usecases.service_ground import make_venvs, start_fakes
from generator.usecases.service_jobs import kinds_of
from generator.usecases.service_plans import Settled, Site, plan_service
from generator.usecases.up_record import RecordKeeper, watched


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemPlan:
    """What is started.

    Attributes:
        site: where.
        settled: the services, with their settings.
        servers: where backing services come from, and what becomes of their data.
        packages: whose environments are made beside those of the services.
        variables: what each service is told on top of its settings.
        policy: how services are watched.
    """

    site: Site
    settled: tuple[Settled, ...]
    servers: Request
    packages: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, kw_only=True, slots=True)
class StartedSystem:
    """A system that has begun to start, and lives as long as the block that it was started for.

    Attributes:
        system: its services.
        backing: its servers.
        processes: starts what else belongs to it.
        fakes: the URLs of what plays services of somebody else's, by service and variable.
    """

    system: System
    backing: LazyBacking
    processes: Processes
    fakes: Mapping[str, Mapping[str, str]]


@contextmanager
def started_system(
    plan: SystemPlan, keeper: RecordKeeper, *, lock: int | None = None
) -> Iterator[StartedSystem]:
    """Start servers, environments and services; at the end of the block none of them is left.

    Args:
        plan: what.
        keeper: writes down and tells what happens.
        lock: a file descriptor that stays open until the last process has ended.

    Raises:
        MissingPrerequisiteError: a server or uv is missing.
        StartError: what plays somebody else's service did not start.
    """
    site, tell = plan.site, keeper.view.tell
    # Inside out: the services end first, and all that is left of them with their processes.
    with (
        LazyBacking(plan.servers, report=tell) as backing,
        Processes(held=lock) as processes,
    ):
        backing.begin(kinds_of_all(plan.settled))
        packages = [*(one.name for one in plan.settled), *plan.packages]
        make_venvs(processes, site.workspace, site.places, packages)
        fakes = start_fakes(processes, site.workspace, site.places, plan.settled, tell)
        system = _system(plan, keeper, processes, backing, fakes)
        _note_servers(keeper, backing)
        system.start()
        try:
            yield StartedSystem(system=system, backing=backing, processes=processes, fakes=fakes)
        finally:
            _stop(system, keeper)


def kinds_of_all(settled: Iterable[Settled]) -> frozenset[BackingKind]:
    """The kinds of servers that these services need."""
    return frozenset(kind for one in settled for kind in kinds_of(one.service))


def _system(
    plan: SystemPlan,
    keeper: RecordKeeper,
    processes: Processes,
    backing: LazyBacking,
    fakes: Mapping[str, Mapping[str, str]],
) -> System:
    plans = [
        plan_service(one, plan.site, backing, {**fakes.get(one.name, {}), **plan.variables})
        for one in plan.settled
    ]
    urls = {name: next(iter(where.values())) for name, where in fakes.items()}
    keeper.write(replace(keeper.record, fakes=urls))
    book = LogBook(plan.site.places.logs, keeper.view.said, complain=keeper.tell_once)
    return System(
        plans,
        processes,
        writer=book.writer,
        on_change=keeper.changed.set,
        policy=plan.policy,
    )


def _note_servers(keeper: RecordKeeper, backing: LazyBacking) -> None:
    servers = tuple(
        ServerNote(kind=one.kind.value, provider=one.provider, detail=one.detail)
        for one in backing.used
    )
    keeper.write(replace(keeper.record, servers=servers))


def _stop(system: System, keeper: RecordKeeper) -> None:
    keeper.view.tell("Stopping: every service has its grace time.")
    keeper.enter(Phase.STOPPING)
    with watched(system, keeper):
        system.stop()
    for name in system.killed:
        keeper.view.tell(f"{name} did not end in its grace time, and was killed.")
