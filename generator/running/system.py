"""All services of a running system: started in the order of their links, stopped in reverse."""

import threading
from collections.abc import Callable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from generator.errors import StartError
from generator.processes import OnLines, Processes
from generator.running.model import Policy, ServicePlan, ServiceStatus
from generator.running.service import RunningService


def in_link_order(calls: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The services in groups: each calls only services of the groups before it.

    Args:
        calls: the names of the services that each one calls; those that are no key do not matter.
            There is no circle: wiring refuses one.
    """
    sorter = TopologicalSorter(
        {name: [other for other in others if other in calls] for name, others in calls.items()}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        raise ValueError(f"a circle: {error.args[1]}") from error
    groups: list[tuple[str, ...]] = []
    while sorter.is_active():
        group = tuple(sorted(sorter.get_ready()))
        groups.append(group)
        sorter.done(*group)
    return tuple(groups)


class System:
    """The services of a run; whoever starts them stops them.

    Args:
        plans: how each is started.
        processes: starts them, and ends them whatever happens.
        writer: what takes the lines of a service, by its name.
        on_change: called when the status of one has changed, from a thread of its own.
        policy: how they are watched.
    """

    def __init__(
        self,
        plans: Sequence[ServicePlan],
        processes: Processes,
        *,
        writer: Callable[[str], OnLines],
        on_change: Callable[[], None],
        policy: Policy | None = None,
    ) -> None:
        self._changed = threading.Event()
        self._on_change = on_change
        self._groups = in_link_order({plan.name: plan.calls for plan in plans})
        self._services = {
            plan.name: RunningService(
                plan,
                processes,
                on_lines=writer(plan.name),
                on_change=self._note_change,
                policy=policy or Policy(),
            )
            for plan in plans
        }

    @property
    def statuses(self) -> tuple[ServiceStatus, ...]:
        """Every service at this moment, in the order of their links."""
        return tuple(self._services[name].status for group in self._groups for name in group)

    @property
    def killed(self) -> tuple[str, ...]:
        """The services that did not end within their grace time."""
        return tuple(name for name, one in self._services.items() if one.was_killed)

    def start(self) -> None:
        """Begin to start all of them."""
        for service in self._services.values():
            calls = service.plan.calls
            service.start([self._services[name] for name in calls if name in self._services])

    def wait_until_ready(self) -> None:
        """Return when every service has been ready.

        Raises:
            StartError: one of them did not start; the others go on.
        """
        while not all(one.came_up.is_set() for one in self._services.values()):
            for name, service in self._services.items():
                if failure := service.failure:
                    shown = "\n".join(("Its last lines:", *failure.lines)) if failure.lines else ""
                    hint = f"generator logs {name} shows all that it said.\n{shown}".strip()
                    raise StartError(f"{name} {failure.reason}", hint=hint)
            self._changed.wait(1.0)
            self._changed.clear()

    def restart(self, name: str) -> None:
        """Stop a service as at the end, and start it again."""
        self._services[name].restart()

    def kill(self, name: str) -> bool:
        """Kill the process of a service, which is started again; whether it had one."""
        return self._services[name].kill()

    def unready(self) -> tuple[str, ...]:
        """The services that do not say now that they are ready."""
        return tuple(name for name, one in self._services.items() if not one.answers_ready())

    def stop(self) -> None:
        """End all of them, those first that call others; each has its grace time."""
        for group in reversed(self._groups):
            for name in group:
                self._services[name].begin_stop()
            for name in group:
                self._services[name].join()

    def _note_change(self) -> None:
        self._changed.set()
        self._on_change()
