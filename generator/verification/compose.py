"""Asks compose itself whether the workspace's compose file is valid; without it, its schema."""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from generator.env_vars import child_env_vars
from generator.processes import Processes
from generator.verification.context import Context
from generator.verification.model import WORKSPACE_SUBJECT, Outcome, Verdict
from generator.verification.verdicts import not_run, verdict_of
from generator.workspace import SERVICES, WIRING

_FILE = "compose.yaml"
# All profiles: what only one of them has is wrong, too.
_WORDS = ("--profile", "*", "config", "--format", "json")
_SCHEMA = ("check-jsonschema", "--builtin-schema", "vendor.compose-spec")
_PATIENCE_SECONDS = 30.0
# What a verdict of `check_compose` may come from.
COMPOSE_PROGRAMS = ("docker", "docker-compose")


def check_compose(context: Context) -> Verdict:
    """Whether compose reads the file, its includes and its variables without complaint."""
    root = context.workspace.root
    if not (root / _FILE).is_file():
        return not_run(f"the workspace has no {_FILE}")
    program = find_compose(context.processes, root, context.options.base_environment)
    if not program:
        return _by_schema(context)
    environment = child_env_vars(
        context.options.base_environment, context.options.compose_environment
    )
    place = context.scratch.of_run(WORKSPACE_SUBJECT)
    # What it makes of the files holds secrets: for our eyes, and gone at once.
    with tempfile.TemporaryDirectory(prefix="compose-", dir=place) as folder:
        model = Path(folder) / "model.json"
        done = context.processes.run(
            [*program, *_WORDS, "--output", str(model)],
            cwd=root,
            environment=environment,
            seconds=context.limits.command,
        )
        shown = f"{' '.join(Path(word).name for word in program)} --profile '*' config --quiet"
        verdict = verdict_of(done, command=shown, seconds=context.limits.command)
        if verdict.outcome is not Outcome.PASSED:
            return verdict
        services = json.loads(model.read_text(encoding="utf-8")).get("services") or {}
    return replace(verdict, reason=f"services in all profiles: {len(services)}")


def _by_schema(context: Context) -> Verdict:
    """What compose's schema says of each file alone; nothing is green by that."""
    root = context.workspace.root
    missing = "neither docker compose nor docker-compose is on this machine"
    found = find_program(_SCHEMA[0])
    if not found:
        return not_run(missing)
    files = [str(path.relative_to(root)) for path in _files(root)]
    done = context.processes.run(
        [found, *_SCHEMA[1:], *files],
        cwd=root,
        environment=child_env_vars(context.options.base_environment),
        seconds=context.limits.command,
    )
    if done.code == 0:
        return not_run(f"{missing}; each file fits the schema, which sees no more than one file")
    return verdict_of(done, command=" ".join((*_SCHEMA, *files)), seconds=context.limits.command)


def _files(root: Path) -> Iterator[Path]:
    inner = (f"{WIRING}/compose.yaml", "infra/*compose.yaml", f"{SERVICES}/*/compose.yaml")
    for pattern in ("compose*.yaml", *inner):
        yield from sorted(root.glob(pattern))


def find_program(name: str) -> str:
    """A program on PATH, or beside our own Python; empty when there is none."""
    beside = Path(sys.executable).with_name(name)
    return shutil.which(name) or (str(beside) if beside.is_file() else "")


def find_compose(
    processes: Processes, folder: Path, environment: Mapping[str, str]
) -> tuple[str, ...]:
    """Docker's plugin, else the program of its own, on PATH or in our environment.

    Args:
        processes: runs the question.
        folder: where to ask it.
        environment: the caller's.

    Returns:
        The words that begin a command; none when there is no compose on this machine.
    """
    # The client alone proves nothing: it is often installed without the plugin.
    if shutil.which("docker"):
        asked = processes.run(
            ["docker", "compose", "version"],
            cwd=folder,
            environment=child_env_vars(environment),
            seconds=_PATIENCE_SECONDS,
        )
        if asked.code == 0:
            return ("docker", "compose")
    found = find_program("docker-compose")
    return (found,) if found else ()
