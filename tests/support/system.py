"""Runs the services of a workspace as real processes on real servers, and talks to them.

`python -m tests.support.system WORKSPACE` registers somebody and logs them in, for the demo.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from generator.backing import BackingKind, BackingServices, open_backing
from generator.env_vars import child_env_vars
from generator.usecases.service_jobs import kinds_of
from generator.workspace import Service, Workspace, open_workspace

# No promise: it ends what hangs. A start takes two seconds of work, on a busy machine minutes.
START_SECONDS = 240.0


@contextmanager
def running_system(root: Path) -> Iterator[dict[str, str]]:
    """Start every service of a verified workspace; give their URLs by name, stop them at the end.

    Data services come first: they are called by the others.
    """
    workspace = open_workspace(root)
    services = sorted(workspace.inventory().services, key=lambda service: len(service.links))
    kinds = {kind for service in services for kind in kinds_of(service)}
    urls: dict[str, str] = {}
    with open_backing(kinds, environment=os.environ) as backing, ExitStack() as stack:
        # One broker's virtual host for all: they talk to each other.
        shared = backing.isolate("system", kinds & {BackingKind.RABBITMQ})
        for service in services:
            variables = _variables(workspace, service, backing, shared)
            for link, provider in service.links:
                variables[f"{link.variable}_URL"] = urls[provider]
            prepare = service.template.process.prepare
            process = _service(workspace, service.name, variables, prepare)
            urls[service.name] = stack.enter_context(process)
        yield urls


def _variables(
    workspace: Workspace, service: Service, backing: BackingServices, shared: Mapping[str, str]
) -> dict[str, str]:
    name = service.name
    secrets = dict(_assignments(workspace.root / ".env"))
    wired = {
        key: re.sub(r"\$\{(\w+)[^}]*\}", lambda match: secrets[match[1]], value)
        for key, value in _assignments(workspace.wiring_dir / "env" / f"{name}.env")
    }
    kinds = kinds_of(service)
    isolated = backing.isolate(name, kinds - {BackingKind.RABBITMQ})
    common = {"SERVICE_NAME": name, "HOST": "127.0.0.1", "PYTHONPATH": "src"}
    # All that the tests do comes from one place.
    common["REGISTRATION_ATTEMPTS"] = "1000"
    return common | wired | isolated | (dict(shared) if BackingKind.RABBITMQ in kinds else {})


def _assignments(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and not name.startswith("#"):
            yield name, value.strip('"')


@contextmanager
def _service(
    workspace: Workspace, name: str, variables: Mapping[str, str], prepare: tuple[str, ...]
) -> Iterator[str]:
    python = str(workspace.private_dir / "envs" / name / "bin" / "python")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = child_env_vars(os.environ, {**variables, "PORT": port})
    folder = workspace.service_dir(name)
    log = workspace.private_dir / f"{name}.log"
    with log.open("wb") as output:
        for step in prepare:
            subprocess.run(
                [python, "-m", "app", step],
                cwd=folder, env=environment, check=True, stdout=output, stderr=output,
            )  # fmt: skip
        process = subprocess.Popen(
            [python, "-m", "app"], cwd=folder, env=environment, stdout=output, stderr=output
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=60)


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


def register_and_log_in(client: httpx2.Client) -> Iterator[tuple[str, httpx2.Response]]:
    """Register somebody, log them in and ask who they are; each request with its answer.

    The client has their token from then on.
    """
    person = {"name": "Ada", "email": "ada@example.org", "password": "correct horse battery"}
    login = {"email": person["email"], "password": person["password"]}
    yield "POST /api/v1/users", client.post("/api/v1/users", json=person)
    entered = client.post("/api/v1/auth/login", json=login)
    yield "POST /api/v1/auth/login", entered
    client.headers["Authorization"] = f"Bearer {entered.json()['access_token']}"
    yield "GET /api/v1/users/me", client.get("/api/v1/users/me")


def day_of(registered: httpx2.Response) -> str:
    """The day, in UTC, that the service says somebody was registered on."""
    created_at = datetime.fromisoformat(registered.json()["created_at"])
    return f"{created_at.astimezone(UTC):%Y-%m-%d}"


def make_administrator(
    root: Path, url: str, user: Mapping[str, Any]
) -> tuple[str, httpx2.Response]:
    """Have the data service at `url` make a user an administrator, with the operator's key."""
    key = dict(_assignments(root / ".env"))["OPERATOR__USERS_DATA__API_KEY"]
    path = f"/api/v1/users/{user['id']}"
    change = {"role": "admin", "version": user["version"]}
    answer = httpx2.patch(f"{url}{path}", json=change, headers={"X-API-Key": key}, timeout=30)
    return f"PATCH {path} (users-data, the operator's key)", answer


def report_of(day: str, client: httpx2.Client) -> Iterator[tuple[str, httpx2.Response]]:
    """Have the worker count a day's events, and read what it found; for who is logged in."""
    task = {"type": "analytics.report", "payload": {"day": day}}
    posted = client.post("/api/v1/tasks", json=task)
    yield "POST /api/v1/tasks", posted
    path = posted.raise_for_status().headers["Location"]
    deadline = time.monotonic() + START_SECONDS
    answer = client.get(path)
    while answer.json()["status"] != "done" and time.monotonic() < deadline:
        # The API tells of a task only when asked, as it does to everybody.
        time.sleep(0.05)
        answer = client.get(path)
    yield f"GET {path}", answer


def tell(story: Iterable[tuple[str, httpx2.Response]]) -> dict[str, httpx2.Response]:
    """Print each request with its answer as it comes; return them all."""
    told = {}
    for request, answer in story:
        answer.raise_for_status()
        body = answer.text if "login" not in request else '{"access_token": "…", …}'
        sys.stdout.write(f"{request}: {answer.status_code} {body[:400]}\n")
        told[request] = answer
    return told


if __name__ == "__main__":
    with (
        running_system(Path(sys.argv[1])) as urls,
        httpx2.Client(base_url=urls["users-api"], timeout=30) as client,
    ):
        entered = tell(register_and_log_in(client))
        if "media-worker" in urls:
            # Reports are for administrators, and nobody becomes one through the API.
            user = entered["GET /api/v1/users/me"].json()
            tell([make_administrator(Path(sys.argv[1]), urls["users-data"], user)])
            tell(report_of(day_of(entered["POST /api/v1/users"]), client))
