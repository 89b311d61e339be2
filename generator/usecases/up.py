"""Runs the whole system of a workspace on this machine, until it is ended."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from generator.backing import Request, folder_for_data
from generator.errors import GeneratorError
from generator.files import HeldError, cannot_write, hold_alone, refuse_links
from generator.running import (
    Phase,
    Places,
    Policy,
    ServiceStatus,
    State,
    System,
    TraceCollector,
    in_link_order,
    show_trace,
)
from generator.running.watch import changed_services
from generator.usecases.running_system import up_already
from generator.usecases.service_plans import (
    Site,
    chosen_services,
    env_values_of,
    ports_for,
    settle,
)
from generator.usecases.started_system import SystemPlan, kinds_of_all, started_system
from generator.usecases.up_record import RecordKeeper, UpView, watched
from generator.usecases.workspace_lock import unchanged
from generator.workspace import Workspace

# The guard of a system that was killed still ends its services and servers.
_LOCK_SECONDS = 20.0
SHARED = "shared"
# Starts a service again, by its name.
Restart: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class UpRequest:
    """What to run.

    Attributes:
        names: services; those that they call are started as well. Empty means all.
        fresh: begin without the data of former runs.
        fetch: whether a server may be downloaded when there is no other way.
        fakes: the variables of services of somebody else's that are played.
        watch: whether a service is started again when its code has changed.
        observe: whether services export their traces to us, who show them.
        policy: how services are watched.
    """

    names: tuple[str, ...] = ()
    fresh: bool = False
    fetch: bool = False
    fakes: frozenset[str] = frozenset()
    watch: bool = False
    observe: bool = False
    policy: Policy = field(default_factory=Policy)


def bring_up(
    workspace: Workspace,
    request: UpRequest,
    view: UpView,
    *,
    on_started: Callable[[Restart], None] | None = None,
) -> None:
    """Start everything, in the order of the links, and keep it running until interrupted.

    Whichever way it ends, every process has ended by then: the services within their grace time,
    then the servers, whose data stay.

    Args:
        workspace: whose system.
        request: what to run.
        view: who shows it.
        on_started: is given, once the services begin to start, what starts one of them again, from
            any thread: it is stopped as at the end, prepared, and started at once.

    Raises:
        ConflictError: the system of this workspace runs already.
        MissingPrerequisiteError: a setting, a server or uv is missing.
        StartError: a service did not start.
        KeyboardInterrupt: it was ended.
    """
    places = Places.below(workspace.private_dir)
    refuse_links(workspace.root, *workspace.written_places(), places.folder)
    with _held(places) as lock:
        keeper = RecordKeeper(places, view)
        try:
            _Run(workspace, places, request, keeper).go(lock, on_started)
        except GeneratorError as error:
            keeper.fail(error)
            raise
        finally:
            keeper.close()


@contextmanager
def _held(places: Places) -> Iterator[int]:
    """The lock of the system, which outlives us with the last of its processes."""
    try:
        places.folder.mkdir(parents=True, exist_ok=True)
        lock = hold_alone(places.lock, seconds=_LOCK_SECONDS)
    except HeldError as error:
        raise up_already(error.holder) from error
    except OSError as error:
        raise cannot_write(places.lock, error) from error
    try:
        yield lock
    finally:
        os.close(lock)


class _Run:
    """One run of a workspace's system."""

    def __init__(
        self, workspace: Workspace, places: Places, request: UpRequest, keeper: RecordKeeper
    ) -> None:
        self._workspace = workspace
        self._places = places
        self._request = request
        self._keeper = keeper
        self._tell = keeper.view.tell

    def go(self, lock: int, on_started: Callable[[Restart], None] | None) -> None:
        """Start everything and keep it running; raises as `bring_up`."""
        plan = self._plan()
        if self._request.fresh:
            self._forget()
        if kinds_of_all(plan.settled) and self._data != self._places.servers:
            self._tell(f"The servers' user cannot enter this folder: data are in {self._data}.")
        keeper = self._keeper
        with (
            self._observed() as told,
            started_system(replace(plan, variables=told), keeper, lock=lock) as started,
            self._reloading(started.system),
        ):
            if on_started:
                on_started(started.system.restart)
            with watched(started.system, keeper):
                started.system.wait_until_ready()
            services = started.system.statuses
            keeper.write(replace(keeper.record, phase=Phase.READY, services=services))
            with watched(started.system, keeper):
                # Until the signal that ends it.
                threading.Event().wait()

    @contextmanager
    def _observed(self) -> Iterator[dict[str, str]]:
        """What services are told so that we see their traces; nothing where nobody asked."""
        if not self._request.observe:
            yield {}
            return
        with TraceCollector(lambda spans: self._tell(show_trace(spans))) as collector:
            yield collector.variables

    def _plan(self) -> SystemPlan:
        request = self._request
        with unchanged(self._workspace, self._tell):
            services = chosen_services(self._workspace.inventory(), request.names)
            calls = {one.name: [other for _, other in one.links] for one in services}
            order = [name for group in in_link_order(calls) for name in group]
            in_order = sorted(services, key=lambda one: order.index(one.name))
            values = env_values_of(self._workspace)
            settled = settle(self._workspace, in_order, request.fakes, values)
            ports = ports_for(settled, values)
        added = [one.name for one in settled if request.names and one.name not in request.names]
        if added:
            self._tell(f"Also started, because they are called: {', '.join(added)}.")
        for name, port in ports.items():
            if port.moved:
                self._tell(f"{name}: port {port.wanted} is taken, so it is {port.number} now.")
        waiting = tuple(
            ServiceStatus(
                name=one.name,
                state=State.WAITING,
                url=f"http://127.0.0.1:{ports[one.name].number}",
            )
            for one in settled
        )
        self._keeper.write(replace(self._keeper.record, services=waiting))
        return SystemPlan(
            site=Site(workspace=self._workspace, places=self._places, ports=ports),
            settled=settled,
            servers=Request(environment=os.environ, fetch=request.fetch, folder=self._data),
            policy=request.policy,
        )

    @property
    def _data(self) -> Path:
        """Where the servers keep their data."""
        return folder_for_data(self._places.servers)

    def _forget(self) -> None:
        for folder in (self._data, self._places.volumes):
            try:
                shutil.rmtree(folder, ignore_errors=False)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise cannot_write(folder, error) from error
        self._tell("The data of former runs are gone.")

    @contextmanager
    def _reloading(self, system: System) -> Iterator[None]:
        """Start services again whose code changes, if that was asked for."""
        if not self._request.watch:
            yield
            return
        names = [one.name for one in system.statuses]
        folders = {self._workspace.service_dir(name): [name] for name in names}
        # The library is everybody's.
        folders[self._workspace.root / SHARED] = names
        over = threading.Event()
        changes = changed_services(folders, over)
        next(changes)

        def reload() -> None:
            for changed in changes:
                self._tell(f"Changed: {', '.join(changed)}.")
                for name in changed:
                    system.restart(name)

        watcher = threading.Thread(target=reload, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
