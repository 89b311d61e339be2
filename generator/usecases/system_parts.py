"""What scenarios are told of a system that is checked, and what they may do to its parts."""

import time
from collections.abc import Mapping
from typing import Any

from generator.backing import BackingKind, Started
from generator.processes import Processes
from generator.running import read_logs
from generator.usecases.started_system import StartedSystem, kinds_of_all
from generator.usecases.system_settings import Checked

# What `GET system` answers; raised when a key goes or changes its meaning.
_SCHEMA = 1
_LOOK_SECONDS = 0.1


class SystemParts:
    """The services and servers of a system that runs; any thread may call it.

    Args:
        checked: how it was started.
        started: the system.

    Attributes:
        killed: the parts that were killed at least once.
    """

    def __init__(self, checked: Checked, started: StartedSystem) -> None:
        self._checked, self._started = checked, started
        self._services = {one.name: one.service for one in checked.plan.settled}
        self._kinds = tuple(sorted(kinds_of_all(checked.plan.settled)))
        self.killed: set[str] = set()

    @property
    def names(self) -> tuple[str, ...]:
        """Every part: the services in the order of their links, then the servers."""
        return (*self._services, *(kind.value for kind in self._kinds))

    @property
    def processes(self) -> Processes:
        """What starts programs that end with the system."""
        return self._started.processes

    @property
    def servers(self) -> tuple[Started, ...]:
        """Where the servers come from."""
        return self._started.backing.used

    def notes(self) -> tuple[str, ...]:
        """What each service does now, one line each."""
        return tuple(
            f"{one.name}: {one.state} {one.note}".strip() for one in self._started.system.statuses
        )

    def describe(self) -> Mapping[str, Any]:
        """What runs, as JSON takes it."""
        urls = {one.name: one.url for one in self._started.system.statuses}
        return {
            "schema": _SCHEMA,
            "services": [
                {
                    "name": name,
                    "template": one.answers.template,
                    "features": [
                        *one.answers.features,
                        *(["example"] if one.answers.example else []),
                    ],
                    "calls": [provider for _, provider in one.links],
                    "url": urls[name],
                    "operator_key": self._checked.operator_keys[name],
                    "fakes": self._started.fakes.get(name, {}),
                }
                for name, one in self._services.items()
            ],
            "servers": [kind.value for kind in self._kinds],
        }

    def kill(self, name: str) -> None:
        """Kill a part; it is started again by itself.

        Raises:
            KeyError: there is none of this name.
            LookupError: it has no process now.
            BackingUnavailableError: the server is not ours.
        """
        if name in self._services:
            if not self._started.system.kill(name):
                raise LookupError(f"{name} has no process now")
        elif name in self.names:
            self._started.backing.kill(BackingKind(name))
        else:
            raise KeyError(name)
        self.killed.add(name)

    def unready(self) -> tuple[str, ...]:
        """The services that do not say that they are ready, and the servers that do not answer."""
        backing = self._started.backing
        silent = (kind.value for kind in self._kinds if not backing.is_answering(kind))
        return (*silent, *self._started.system.unready())

    def wait_until_ready(self, seconds: float) -> tuple[str, ...]:
        """Return when every part is ready; else, after that time, those that are not."""
        deadline = time.monotonic() + seconds
        while left := self.unready():
            if time.monotonic() > deadline:
                break
            time.sleep(_LOOK_SECONDS)
        return left

    def log(self, service: str) -> list[Mapping[str, str]]:
        """What a service has said so far.

        Raises:
            KeyError: there is none of this name.
        """
        folder = self._checked.plan.site.places.logs
        name = self._services[service].name
        return [{"moment": one.moment, "text": one.text} for one in read_logs(folder, [name])]
