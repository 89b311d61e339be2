"""Looks at this machine and this workspace and says what is missing, with the cure."""

import os
import platform
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from generator import __version__, git, uv
from generator.backing import KINDS, BackingKind, BackingServices, Request, begin_backing
from generator.changes import is_interrupted
from generator.errors import GeneratorError, MissingPrerequisiteError, NotAWorkspaceError
from generator.processes import Processes
from generator.sources.own import find_source
from generator.usecases.leftovers import find_leftovers, old_exports
from generator.usecases.lock_check import lock_faults
from generator.usecases.service_jobs import kinds_of
from generator.usecases.wiring_files import ENV_FILE, SyncPlan, plan_sync
from generator.verification.compose import find_compose
from generator.workspace import Workspace, open_workspace

_CLEAN = "generator doctor --clean"


class State(StrEnum):
    """How serious a finding is."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: what it is.
        state: whether it will do.
        detail: one line: what was found.
        cure: what to do; empty when nothing need be.
    """

    subject: str
    state: State
    detail: str
    cure: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """Everything that was looked at."""

    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """6 when this machine lacks something, 1 when only the workspace needs care, else 0."""
        states = {finding.state for finding in self.findings}
        if State.MISSING in states:
            return MissingPrerequisiteError.exit_code
        return 1 if State.WARNING in states else 0


def diagnose(start: Path) -> Diagnosis:
    """Look at the machine, and at the workspace around `start` if there is one.

    Servers take longest to start, so everything else is looked at meanwhile.
    """
    needed = _needed(start)
    # Where there is no service yet, those that the first one is likely to need.
    wanted = needed or {kind for kind, spec in KINDS.items() if not spec.rare}
    with begin_backing(wanted, Request(environment=os.environ)) as services:
        machine, rest = tuple(_machine()), (_compose(), *_workspace(start))
        servers = tuple(_servers(services, wanted, needed))
    return Diagnosis(findings=(*machine, *servers, *rest))


def _needed(start: Path) -> frozenset[BackingKind]:
    """What the workspace's services need; empty where there is no service yet."""
    try:
        services = open_workspace(start).inventory().services
        return frozenset(kind for service in services for kind in kinds_of(service))
    except GeneratorError:
        return frozenset()


def _machine() -> Iterator[Finding]:
    yield _ok("generator", f"{__version__} on Python {platform.python_version()} ({sys.platform})")
    yield _found("git", _git)
    yield _found("uv", uv.version)
    yield _found("templates", _templates)
    if old := old_exports():
        detail = f"{len(old)} template versions that are not used any more"
        yield replace(_ok("cache", detail), cure=_CLEAN)


def _workspace(start: Path) -> Iterator[Finding]:
    try:
        workspace = open_workspace(start)
    except NotAWorkspaceError:
        return
    yield _ok("workspace", f"{workspace.name} in {workspace.root}")
    try:
        if is_interrupted(workspace.root):
            yield _care("journal", "a command was interrupted", "generator sync")
        plan = plan_sync(workspace)
    except GeneratorError as error:
        yield _care("wiring", error.message, error.hint)
        return
    behind = ", ".join(plan.changes.paths)
    yield (
        _care("wiring", f"behind: {behind}", "generator sync")
        if behind
        else _ok("wiring", f"in sync, {len(plan.wiring.services)} services")
    )
    for one in plan.inventory.unjudged:
        yield _care(
            one.name, f"left alone: {one.reason}", "update the generator, or render it anew"
        )
    yield _env(workspace, plan)
    yield _lock(workspace)
    if left := find_leftovers(workspace).described():
        yield _care("leftovers", ", ".join(left), _CLEAN)


def _env(workspace: Workspace, plan: SyncPlan) -> Finding:
    if git.is_tracked(workspace.root, ENV_FILE):
        return _care(ENV_FILE, "is tracked by git, secrets and all", f"git rm --cached {ENV_FILE}")
    if git.would_be_added(workspace.root, ENV_FILE):
        return _care(
            ENV_FILE,
            "is not ignored by git, so `git add` takes it",
            f"echo {ENV_FILE} >> .gitignore",
        )
    if plan.missing_secrets:
        return _care(ENV_FILE, f"lacks {', '.join(plan.missing_secrets)}", "generator sync")
    if plan.unfilled:
        cure = "fill them in; wiring/secrets.env.example says what for"
        return _care(ENV_FILE, f"empty: {', '.join(plan.unfilled)}", cure)
    return _ok(ENV_FILE, "complete")


def _found(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return _ok(subject, look())
    except MissingPrerequisiteError as error:
        return Finding(subject=subject, state=State.MISSING, detail=error.message, cure=error.hint)
    except GeneratorError as error:
        return _care(subject, error.message, error.hint)


def _ok(subject: str, detail: str) -> Finding:
    return Finding(subject=subject, state=State.OK, detail=detail)


def _care(subject: str, detail: str, cure: str) -> Finding:
    return Finding(subject=subject, state=State.WARNING, detail=detail, cure=cure)


def _git() -> str:
    major, minor = git.ensure_git()
    return f"{major}.{minor}"


def _templates() -> str:
    source = find_source()
    return f"{source.version} in {source.root}"


def _servers(
    services: BackingServices, wanted: Collection[BackingKind], needed: Collection[BackingKind]
) -> Iterator[Finding]:
    """What came of starting them side by side: the only answer that is certain."""
    for kind, spec in KINDS.items():
        if kind in wanted:
            yield _found(kind.value, partial(_server, services, kind))
        elif not needed:
            yield _ok(kind.value, f"not tried, because few services need {spec.title}")


def _server(services: BackingServices, kind: BackingKind) -> str:
    started = services.wait_for(kind)
    return f"{started.provider}: {started.detail}"


def _compose() -> Finding:
    with Processes() as processes:
        command = find_compose(processes, Path.cwd(), os.environ)
    if command:
        return _ok("docker compose", " ".join(command))
    # Not missing: everything but the compose check works without.
    return Finding(
        subject="docker compose",
        state=State.OK,
        detail="not found, so compose files are checked by our own rules only",
    )


def _lock(workspace: Workspace) -> Finding:
    if not (workspace.root / uv.LOCK_FILE).is_file():
        return _care(uv.LOCK_FILE, "is not there", "uv lock")
    # Not by asking uv, which may build a member to learn what it needs: that is its code.
    if faults := lock_faults(workspace):
        return _care(uv.LOCK_FILE, "; ".join(faults), "uv lock")
    return _ok(uv.LOCK_FILE, "agrees with the pyproject.toml files")
