"""The rung that runs PostgreSQL in a container, where there is an engine."""

import secrets
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from generator.backing.ladder import Request, UnsuitableError
from generator.backing.model import Opened
from generator.backing.postgres.address import Address
from generator.backing.postgres.databases import Databases, Rights, read_rights
from generator.backing.postgres.wire import RefusedError
from generator.backing.processes import Child, Setting, spawn
from generator.backing.undo import Undo
from generator.environment import child_environment

IMAGE = "postgres:17-alpine"
_ASK_SECONDS = 20.0
_PULL_SECONDS = 600.0
_START_SECONDS = 60.0


def start_docker(request: Request, undo: Undo) -> Opened:
    """Run a container that is removed when `undo` closes.

    Raises:
        UnsuitableError: there is no engine, or the container does not come up.
    """
    environment = request.environment
    program = shutil.which("docker", path=environment.get("PATH", ""))
    if not program:
        raise UnsuitableError("no docker program on PATH")
    password = secrets.token_urlsafe(24)
    told = {name: text for name, text in environment.items() if name.startswith("DOCKER_")}
    variables = child_environment(environment, told | {"POSTGRES_PASSWORD": password})
    docker = _Docker(Path(program), Setting(environment=variables, folder=Path("/")), undo)
    if docker.ask("info") is None:
        raise UnsuitableError("the docker program is there, but no engine answers it")
    return docker.run(password)


@dataclass(frozen=True, slots=True)
class _Docker:
    program: Path
    setting: Setting
    undo: Undo

    def run(self, password: str) -> Opened:
        name = f"verify-{secrets.token_hex(6)}"
        with self.undo.making() as stack:
            # Registered before it is made: a pull that is interrupted may still make it.
            stack.callback(self._remove, name)
        # The password comes by the environment, where `ps` does not show it.
        options = ["--env", "POSTGRES_PASSWORD", "--publish", "127.0.0.1::5432", "--name", name]
        run = self._start("run", "--detach", *options, IMAGE, "-c", "fsync=off")
        if run.wait(_PULL_SECONDS) != 0:
            raise UnsuitableError(f"docker run {IMAGE} failed", log=run.lines())
        published = self.ask("port", name, "5432/tcp") or ""
        port = published.splitlines()[0].rpartition(":")[2] if published else ""
        if not port.isdecimal():
            raise UnsuitableError(f"docker does not say the port of {name}")
        address = Address(host="127.0.0.1", port=int(port), user="postgres", password=password)
        rights = self._await(address, name)
        return Opened(
            detail=f"PostgreSQL {rights.version} in container {name} on {address.place}",
            isolate=Databases(address, rights).isolate,
        )

    def ask(self, *words: str) -> str | None:
        """What docker says, or None when it fails."""
        child = self._start(*words)
        return None if child.wait(_ASK_SECONDS) else "\n".join(child.lines())

    def _await(self, address: Address, name: str) -> Rights:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                return read_rights(address)
            except (OSError, RefusedError) as error:
                running = self.ask("inspect", "--format", "{{.State.Running}}", name)
                if running != "true" or time.monotonic() > deadline:
                    log = (self.ask("logs", "--tail", "30", name) or "").splitlines()
                    reason = f"container {name} answered no query: {error}"
                    raise UnsuitableError(reason, log=log) from error

    def _remove(self, name: str) -> None:
        # On its own, because `undo` is closing and takes nothing any more.
        farewell = Undo()
        removal = _Docker(self.program, self.setting, farewell)
        child = removal._start("rm", "--force", "--volumes", name)
        gone = child.wait(_ASK_SECONDS) == 0 or "No such container" in "".join(child.lines())
        if not gone:
            self.undo.left_behind.append(f"docker container {name}")
        farewell.close()

    def _start(self, *words: str) -> Child:
        argv: list[str | Path] = [self.program, *words]
        return spawn(argv, setting=self.setting, undo=self.undo, last_signal=signal.SIGTERM)
