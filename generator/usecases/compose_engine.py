"""Runs the system of a workspace from its images, by Docker Compose, where an engine is there."""

import os
import subprocess
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import NoReturn

from generator.errors import MissingPrerequisiteError, StartError
from generator.processes.foreground import can_run, run_command
from generator.usecases.reporter import Reporter
from generator.usecases.running_system import running_system, up_already
from generator.workspace import Workspace

_COMPOSE = ("docker", "compose")
_READY_SECONDS = 300
# More than the longest stop_grace_period of what is rendered.
_STOP_SECONDS = 60
_ASK_SECONDS = 30.0
_INTERRUPTED = 130
# A program that a signal has ended, and Compose when it was interrupted.
_BY_SIGNAL = 128
_LAST_LINES = 50


class Staying(Enum):
    """How long `up` stays with what it has started."""

    UNTIL_ENDED = "until it is ended"
    UNTIL_HEALTHY = "until every container is healthy"
    NOT_AT_ALL = "not at all"


def compose_up(
    workspace: Workspace, names: Sequence[str], staying: Staying, report: Reporter
) -> int:
    """Build the images and start the containers; return 0, or 130 where it was ended.

    Args:
        workspace: whose compose files are used, as `docker compose` finds them.
        names: services, which Compose starts with all that they depend on; empty means all.
        staying: until when it stays; a run that stays ends what it has started.
        report: told what happens.

    Raises:
        UsageError: a name that is no service.
        ConflictError: the system runs as processes already, on the same ports.
        MissingPrerequisiteError: no Docker, no Compose in it, or no engine that answers.
        StartError: a container did not start or did not get healthy; then all are taken down.
    """
    for name in names:
        workspace.service(name)
    if running_system(workspace) is not None:
        raise up_already(0)
    _require_engine(workspace.root)
    words = ["up", "--build", "--detach"]
    if staying is not Staying.NOT_AT_ALL:
        words += ["--wait", "--wait-timeout", str(_READY_SECONDS)]
    try:
        code = _compose(workspace.root, *words, *names)
        if not code and staying is Staying.UNTIL_ENDED:
            report("Healthy. Ctrl-C ends it.")
            code = _compose(workspace.root, "logs", "--follow", *names) or _INTERRUPTED
    except KeyboardInterrupt:
        # Between two programs; else it is theirs.
        code = _INTERRUPTED
    if code >= _BY_SIGNAL:
        _down(workspace.root, report)
        return _INTERRUPTED
    if code:
        _give_up(workspace.root, names, code, report)
    report("See it: docker compose logs --follow. End it: generator down --compose.")
    return 0


def compose_down(workspace: Workspace, report: Reporter) -> None:
    """Stop and remove the containers of a workspace; their volumes stay.

    Raises:
        MissingPrerequisiteError: as `compose_up`.
        StartError: Compose could not end them.
    """
    _require_engine(workspace.root)
    _down(workspace.root, report)


def _require_engine(root: Path) -> None:
    """See that Docker, Compose and an engine are there.

    Raises:
        MissingPrerequisiteError: one of them is not.
    """
    without = "Without Docker the same system runs as processes: generator up."
    if not can_run("docker", os.environ):
        raise MissingPrerequisiteError("There is no docker on this machine.", hint=without)
    if not _answers(root, *_COMPOSE, "version"):
        raise MissingPrerequisiteError(
            "The docker of this machine has no Compose.",
            hint=f"Install its plugin `docker-compose-plugin`. {without}",
        )
    if not _answers(root, "docker", "info"):
        raise MissingPrerequisiteError(
            "The docker program is there, but no engine answers it.",
            hint=f"Start the engine, or see `docker context ls`. {without}",
        )


def _answers(root: Path, *words: str) -> bool:
    try:
        done = subprocess.run(
            words, cwd=root, env=os.environ, capture_output=True, timeout=_ASK_SECONDS,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _compose(root: Path, *words: str) -> int:
    """Run Compose where our caller sees it, and signals reach it."""
    return run_command([*_COMPOSE, *words], os.environ, folder=root)


def _give_up(root: Path, names: Sequence[str], code: int, report: Reporter) -> NoReturn:
    """Show why, leave nothing running, and raise StartError."""
    _compose(root, "logs", "--no-color", "--tail", str(_LAST_LINES), *names)
    _down(root, report)
    raise StartError(
        f"The containers did not get healthy: docker compose ended with exit code {code}.",
        hint="What they said last is above. See what is wrong with the files: "
        "generator verify workspace",
    )


def _down(root: Path, report: Reporter) -> None:
    report("Stopping: every container has its grace time.")
    code = _compose(root, "down", "--timeout", str(_STOP_SECONDS))
    if code:
        raise StartError(
            f"The containers could not be ended: docker compose ended with exit code {code}.",
            hint="See them: docker compose ps --all",
        )
