"""What a verification is asked: services, workspace checks, limits and switches."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.catalog import TemplateSpec
from generator.verification.model import Check


def available_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ContractJob:
    """What the calls of a service to another one must fit.

    Attributes:
        link: the link's variable, such as `DATA_SERVICE`.
        provider: the service that it calls.
        openapi: that service's committed document.
        must_call: whether a suite that records no call is a finding.
    """

    link: str
    provider: str
    openapi: Path
    must_call: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceJob:
    """One service to verify.

    Attributes:
        name: the service's name, also that of its member in the uv workspace.
        folder: where it lives.
        spec: its template's catalog entry.
        environment: variables for its suite: where the backing services are. This one and the
            next may be made when they are first read, so only the checks that need them do.
        boot_environment: variables for the real process; HOST, PORT, METRICS_PORT and PYTHONPATH
            are added.
        dependencies: the names of those boot variables whose URLs point at what it depends on;
            each one is cut off for a moment to see whether `/ready` tells.
        optional: the same of what it can do without; `/ready` must stay 200.
        stubs: the names of those dependencies that a stub plays: a service that is merely
            healthy.
        external_stubs: the words that start what plays a service of somebody else's, by the
            variable that leads there.
        required: the names of the boot variables without which it must refuse to start.
        contracts: what its calls must fit, one for each service that it calls.
    """

    name: str
    folder: Path
    spec: TemplateSpec
    environment: Mapping[str, str] = field(default_factory=dict)
    boot_environment: Mapping[str, str] = field(default_factory=dict)
    dependencies: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    stubs: frozenset[str] = frozenset()
    external_stubs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    contracts: tuple[ContractJob, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkspaceCheck:
    """A check of the workspace that another floor knows how to do, such as wiring.

    Attributes:
        check: its name in the report.
        find: the findings, one line each; empty when all is well. Must not touch the terminal.
        told: what else there is to say, in one line; asked after `find`.
    """

    check: Check
    find: Callable[[], tuple[str, ...]]
    told: Callable[[], str] = str


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How long things may take, in seconds: generous, for a laptop on a bad day.

    Attributes:
        ready: until a process is ready; None: what its template's manifest says.
        stop: until a process has ended; None: what its template's manifest says.
    """

    sync: float = 900.0
    command: float = 600.0
    tests: float = 1800.0
    prepare: float = 120.0
    ready: float | None = None
    unready: float = 30.0
    steady: float = 2.0
    recovery: float = 60.0
    stop: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How to verify.

    Attributes:
        only: the checks to run; None means all. What they need is run too and reported.
        use_cache: whether unchanged, green subjects may be answered from the cache.
        strict: whether a check that did not run, or a stale lock file, is a finding.
        jobs: how many checks run at the same time.
        workspace: whether the workspace's own checks are run (lock, compose, those given).
        shared: whether the shared library's suite is run.
        shared_environment: variables for that suite: where the backing services are.
        shared_servers: the kinds of those; it runs more tests when there are more.
        compose_environment: what compose may interpolate, on top of `.env`.
        base_environment: the caller's environment, from which children get a part.
    """

    only: frozenset[Check] | None = None
    use_cache: bool = True
    strict: bool = False
    jobs: int = field(default_factory=available_cores)
    workspace: bool = True
    shared: bool = True
    shared_environment: Mapping[str, str] = field(default_factory=dict)
    shared_servers: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    compose_environment: Mapping[str, str] = field(default_factory=dict)
    base_environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def wants(self, check: Check) -> bool:
        """Whether the check was asked for."""
        return self.only is None or check in self.only
