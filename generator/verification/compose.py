"""Asks compose itself whether the workspace's compose file is valid."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from generator.env_vars import child_env_vars
from generator.processes import Processes
from generator.verification.context import Context
from generator.verification.model import Verdict
from generator.verification.verdicts import not_run, verdict_of

_FILE = "compose.yaml"
_PATIENCE_SECONDS = 30.0


def check_compose(context: Context) -> Verdict:
    """Whether compose reads the file, its includes and its variables without complaint."""
    root = context.workspace.root
    if not (root / _FILE).is_file():
        return not_run(f"the workspace has no {_FILE}")
    program = find_compose(context.processes, root, context.options.base_environment)
    if not program:
        return not_run("neither docker compose nor docker-compose is on this machine")
    environment = child_env_vars(
        context.options.base_environment, context.options.compose_environment
    )
    done = context.processes.run(
        [*program, "-f", _FILE, "config", "--quiet"],
        cwd=root,
        environment=environment,
        seconds=context.limits.command,
    )
    shown = f"{' '.join(Path(word).name for word in program)} -f {_FILE} config --quiet"
    return verdict_of(done, command=shown, seconds=context.limits.command)


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
    beside = Path(sys.executable).with_name("docker-compose")
    found = shutil.which("docker-compose") or (str(beside) if beside.is_file() else "")
    return (found,) if found else ()
