"""Runs the services of a workspace as real processes, on real servers and a fake Telegram."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2

from generator.backing import BackingKind, BackingServices, open_backing
from generator.env_vars import child_env_vars
from generator.processes.ports import free_port
from generator.usecases.service_jobs import kinds_of
from generator.workspace import Service, Workspace, open_workspace

# No promise: it ends what hangs. A start takes two seconds of work.
START_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class System:
    """The services that run: their URLs, those of what plays somebody else's, and their logs."""

    workspace: Workspace
    urls: Mapping[str, str]
    external: Mapping[str, str]

    @cached_property
    def secrets(self) -> Mapping[str, str]:
        """What stands in the workspace's .env."""
        return dict(assignments(self.workspace.root / ".env"))

    def log_lines(self, name: str) -> list[dict[str, Any]]:
        """What a service has logged so far; lines that are no JSON are left out."""
        text = log_of(self.workspace, name).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@contextmanager
def running_system(root: Path) -> Iterator[System]:
    """Start every service of a verified workspace and yield when all are ready; stop them then."""
    workspace = open_workspace(root)
    # Whoever is called comes before those that call.
    services = sorted(workspace.inventory().services, key=lambda service: len(service.links))
    kinds = {kind for service in services for kind in kinds_of(service)}
    with open_backing(kinds, environment=os.environ) as backing, ExitStack() as stack:
        # One broker's virtual host for all: they talk to each other.
        shared = backing.isolate("system", kinds & {BackingKind.RABBITMQ})
        external: dict[str, str] = {}
        urls: dict[str, str] = {}
        processes = {}
        for service in services:
            external |= stack.enter_context(_external_services(workspace, service, external))
        for service in services:
            variables = _variables(workspace, service, backing)
            links = {f"{link.variable}_URL": urls[provider] for link, provider in service.links}
            port = free_port()
            urls[service.name] = f"http://127.0.0.1:{port}"
            place = {"PORT": str(port), "METRICS_PORT": "0"}
            uses_broker = BackingKind.RABBITMQ in kinds_of(service)
            variables |= external | links | place | (shared if uses_broker else {})
            processes[service.name] = stack.enter_context(_process(workspace, service, variables))
        for name, process in processes.items():
            _wait_until_ready(urls[name], process)
        try:
            yield System(workspace=workspace, urls=urls, external=external)
        finally:
            # All at once: each has things to finish.
            for process in processes.values():
                process.terminate()


def log_of(workspace: Workspace, name: str) -> Path:
    """Where what a service prints is written to."""
    return workspace.private_dir / f"{name}.log"


def assignments(path: Path) -> Iterator[tuple[str, str]]:
    """Each variable of such a file with its value."""
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and not name.startswith("#"):
            yield name, value.strip('"')


def _variables(workspace: Workspace, service: Service, backing: BackingServices) -> dict[str, str]:
    name = service.name
    secrets = dict(assignments(workspace.root / ".env"))
    # What only a person has is made up.
    made_up = {
        one.name: one.stub for one in service.template.external_for(service.answers.features)
    }
    wired = {
        key: re.sub(r"\$\{(\w+)[^}]*\}", lambda match: secrets[match[1]], value)
        for key, value in assignments(workspace.wiring_dir / "env" / f"{name}.env")
    }
    isolated = backing.isolate(name, kinds_of(service) - {BackingKind.RABBITMQ})
    common = {
        "SERVICE_NAME": name,
        # A message that was handled is logged only then.
        "LOG_LEVEL": "DEBUG",
        "HOST": "127.0.0.1",
        "PYTHONPATH": "src",
        # There is nobody in front of them who has to see first that they stop.
        "DRAIN_SECONDS": "0",
        # As the volume in compose: whoever stores bytes and whoever reads them share it.
        "BLOB_STORE_URL": (workspace.private_dir / "blobs").as_uri(),
        # All that the tests do comes from one place.
        "REGISTRATION_ATTEMPTS": "1000",
    }
    return common | wired | made_up | isolated


@contextmanager
def _external_services(
    workspace: Workspace, service: Service, there: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Start what plays services of somebody else's, unless it is there; yield where they are."""
    with ExitStack() as stack:
        found: dict[str, str] = {}
        for one in service.template.external_services:
            if one.name in there:
                continue
            child = subprocess.Popen(
                _command(workspace, service, one.stub),
                cwd=workspace.service_dir(service.name),
                env=child_env_vars(os.environ, {}),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            # This closes its input, and with that it ends.
            stack.enter_context(child)
            assert child.stdout is not None
            found |= json.loads(child.stdout.readline())
        yield found


@contextmanager
def _process(
    workspace: Workspace, service: Service, variables: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    environment = child_env_vars(os.environ, variables)
    folder = workspace.service_dir(service.name)
    with log_of(workspace, service.name).open("wb") as output:
        for step in service.template.process.prepare:
            subprocess.run(
                _command(workspace, service, ["python", "-m", "app", step]),
                cwd=folder, env=environment, check=True, stdout=output, stderr=output,
            )  # fmt: skip
        process = subprocess.Popen(
            _command(workspace, service, ["python", "-m", "app"]),
            cwd=folder, env=environment, stdout=output, stderr=output,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


def _command(workspace: Workspace, service: Service, words: Sequence[str]) -> list[str]:
    """The command as a process of the service's own environment."""
    program, *arguments = words
    return [str(workspace.private_dir / "envs" / service.name / "bin" / program), *arguments]


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx2.get(f"{url}/ready", timeout=2).status_code == httpx2.codes.OK:
                return
        except httpx2.TransportError:
            # Nothing listens yet.
            pass
        # Asking again is how one learns when it does.
        time.sleep(0.05)
    raise RuntimeError(f"{url} did not become ready")
