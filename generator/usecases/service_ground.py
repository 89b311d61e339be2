"""Makes what services need before they are started: environments, and what plays others."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from generator.env_vars import uv_env_vars
from generator.errors import StartError
from generator.processes import Processes, announced_url
from generator.running import Places, make_venv
from generator.usecases.reporter import Reporter
from generator.usecases.service_plans import Settled, code_environment
from generator.workspace import Workspace

_AT_ONCE = 2


def make_venvs(
    processes: Processes, workspace: Workspace, places: Places, packages: Sequence[str]
) -> None:
    """Bring the environments of services, and of the shared library, up to date, two at a time.

    Raises:
        UnjudgedError: uv could not do it.
        MissingPrerequisiteError: uv is missing.
    """
    environment = uv_env_vars(os.environ, {"NO_COLOR": "1"})
    make = partial(make_venv, processes, workspace.root)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            jobs = [pool.submit(make, one, places.venv(one), environment) for one in packages]
            for job in jobs:
                job.result()
        except BaseException:
            # Whoever fails or is interrupted does not wait for the others.
            processes.stop()
            raise


def start_fakes(
    processes: Processes,
    workspace: Workspace,
    places: Places,
    services: Sequence[Settled],
    report: Reporter,
) -> dict[str, dict[str, str]]:
    """Start what plays services of somebody else's.

    Returns:
        The URL of each, by the service that calls it and the variable that leads there.

    Raises:
        StartError: one does not start.
    """
    found: dict[str, dict[str, str]] = {}
    for one in services:
        for fake in one.fakes:
            program, *arguments = fake.stub
            child = processes.start(
                [str(places.venv(one.name) / "bin" / program), *arguments],
                cwd=workspace.service_dir(one.name),
                environment=code_environment(places, one.name),
            )
            url = announced_url(child, fake.name, one.service.template.process.start_seconds)
            if not url:
                raise StartError(f"What plays {fake.name} did not start.", hint=child.output)
            found.setdefault(one.name, {})[fake.name] = url
            report(f"{one.name}: {fake.name} is played at {url}")
    return found
