"""Makes the virtual environment of a service that is to run: what is locked, and no more."""

from collections.abc import Mapping
from pathlib import Path

from generator.errors import IndexUnreachableError, UnjudgedError
from generator.processes import Processes
from generator.uv import (
    OFFLINE,
    discard_moved_venv,
    failure_cause,
    find_interpreter,
    find_uv,
    mark_venv_made,
)

_SECONDS = 900.0
_LIBRARY = "shared"


def make_venv(
    processes: Processes, root: Path, service: str, venv: Path, environment: Mapping[str, str]
) -> None:
    """Bring the environment of a service up to date with `uv.lock`, which is never written.

    Args:
        processes: runs uv.
        root: the workspace's root.
        service: the service's name, also that of its member in the uv workspace; or `shared`,
            which is given all of its extras.
        venv: where the environment is.
        environment: uv's own variables.

    Raises:
        UnjudgedError: uv could not do it; says why.
        MissingPrerequisiteError: uv is missing.
    """
    discard_moved_venv(venv)
    words = [find_uv(), "sync", "--frozen", "--package", service, "--no-progress"]
    words += ["--all-extras"] if service == _LIBRARY else []
    done = processes.run(
        [*words, *find_interpreter(root).arguments],
        cwd=root,
        environment={**environment, "UV_PROJECT_ENVIRONMENT": str(venv)},
        seconds=_SECONDS,
    )
    if done.code == 0:
        mark_venv_made(venv)
        return
    cause = failure_cause(done.output, done.code)
    message = f"The environment of {service} cannot be made: {cause}."
    if cause == OFFLINE:
        raise IndexUnreachableError(message, hint="Connect once; uv keeps what it has fetched.")
    raise UnjudgedError(message, hint=f"See what uv says: uv sync --frozen --package {service}")
