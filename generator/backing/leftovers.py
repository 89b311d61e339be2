"""Removes what runs that have ended left behind: folders, containers, and parts of servers."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from generator.backing.directory import sweep_folders
from generator.backing.docker import remove_containers
from generator.backing.kinds import KINDS
from generator.backing.model import BackingKind, RefusedError
from generator.backing.naming import Naming
from generator.backing.providers import UnsuitableError
from generator.backing.runs import DOCKER, Run, runs_that_ended
from generator.server_url import ServerUrl


@dataclass(frozen=True, kw_only=True, slots=True)
class Leftovers:
    """One line for each thing that was removed, and for each that was not."""

    removed: tuple[str, ...]
    left: tuple[str, ...]


def remove_ended_runs(environment: Mapping[str, str]) -> Leftovers:
    """Remove what begins with the prefix of a run that has ended, and no more.

    Args:
        environment: the caller's; names the servers and how to get in, as for a run.
    """
    removed, left = sweep_folders(environment)
    runs = list(runs_that_ended())
    ended = {run.run for run in runs}
    containers, remaining = remove_containers(environment, ended.__contains__)
    removed += [f"docker container {name}" for name in containers]
    left += [f"docker container {name}" for name in remaining]
    for run in runs:
        if run.kind == DOCKER:
            if run.place not in remaining:
                run.forget()
            continue
        lines = _clean(run, environment)
        if not lines:
            run.forget()
            removed.append(f"{run.kind} at {run.place}: {Naming(run=run.run).prefix}*")
        left += lines
    return Leftovers(removed=tuple(removed), left=tuple(left))


def _clean(run: Run, environment: Mapping[str, str]) -> list[str]:
    """Remove what a run made on a server; a line for each thing that is left."""
    prefix = Naming(run=run.run).prefix
    kind = BackingKind(run.kind)
    module = import_module(KINDS[kind].module)
    refusal = ""
    for url in _ways(kind, module, environment):
        if url.place != run.place:
            continue
        try:
            lines: list[str] = module.remove_run(url, run.run, environment)
        except (OSError, RefusedError, UnsuitableError) as error:
            refusal = refusal or str(error)
        else:
            return lines
    cure = f"name that server by {KINDS[kind].variable}"
    return [f"{run.kind} at {run.place}: {prefix}* ({refusal or cure})"]


def _ways(
    kind: BackingKind, module: ModuleType, environment: Mapping[str, str]
) -> Iterator[ServerUrl]:
    spec = KINDS[kind]
    named = environment.get(spec.variable, "")
    if named:
        # Whoever verifies with a bad one is told; here the usual place may still do.
        with suppress(ValueError):
            yield ServerUrl.parse(named, *spec.schemes)
    yield from module.on_loopback(environment)
