"""The rung that runs a server in a container, where there is an engine."""

import secrets
import shutil
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from generator.backing.ladder import Request, UnsuitableError
from generator.backing.model import RefusedError
from generator.backing.processes import Setting, spawn
from generator.backing.undo import Undo
from generator.env_vars import child_env_vars
from generator.processes import Child

T = TypeVar("T")

_ASK_SECONDS = 20.0
_PULL_SECONDS = 600.0
_START_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """What is run.

    Attributes:
        name: with its tag.
        port: where the server listens in the container.
        variables: the container's environment; may hold secrets.
        command: what follows the image's name.
    """

    name: str
    port: int
    variables: Mapping[str, str]
    command: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Container(Generic[T]):
    """A container whose server answers: its name, its port on 127.0.0.1, and what it said."""

    name: str
    port: int
    said: T


def run_container(
    image: Image, ask: Callable[[int], T], *, request: Request, undo: Undo
) -> Container[T]:
    """Run a container that is removed when `undo` closes, and wait until its server answers.

    Args:
        image: what is run.
        ask: what the server on a port of 127.0.0.1 says of itself; raises `OSError` or
            `RefusedError` while it does not answer yet.
        request: holds the environment.
        undo: who removes it.

    Raises:
        UnsuitableError: there is no engine, or the container does not come up.
    """
    environment = request.environment
    program = shutil.which("docker", path=environment.get("PATH", ""))
    if not program:
        raise UnsuitableError("no docker program on PATH")
    told = {name: text for name, text in environment.items() if name.startswith("DOCKER_")}
    variables = child_env_vars(environment, {**told, **image.variables})
    docker = _Docker(Path(program), Setting(environment=variables, folder=Path("/")), undo)
    if docker.ask("info") is None:
        raise UnsuitableError("the docker program is there, but no engine answers it")
    name = docker.run(image)
    port = docker.port(name, image.port)
    return Container(name=name, port=port, said=docker.until_answered(name, lambda: ask(port)))


@dataclass(frozen=True, slots=True)
class _Docker:
    program: Path
    setting: Setting
    undo: Undo

    def run(self, image: Image) -> str:
        name = f"verify-{secrets.token_hex(6)}"
        with self.undo.making() as stack:
            # Registered before it is made: a pull that is interrupted may still make it.
            stack.callback(self._remove, name)
        # Secrets come by the environment, where `ps` does not show them.
        named = [word for variable in image.variables for word in ("--env", variable)]
        options = [*named, "--publish", f"127.0.0.1::{image.port}", "--name", name]
        run = self._start("run", "--detach", *options, image.name, *image.command)
        if run.wait(_PULL_SECONDS) != 0:
            raise UnsuitableError(f"docker run {image.name} failed", log=run.lines())
        return name

    def port(self, name: str, inside: int) -> int:
        published = self.ask("port", name, f"{inside}/tcp") or ""
        port = published.splitlines()[0].rpartition(":")[2] if published else ""
        if not port.isdecimal():
            raise UnsuitableError(f"docker does not say the port of {name}")
        return int(port)

    def until_answered(self, name: str, ask: Callable[[], T]) -> T:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                return ask()
            except (OSError, RefusedError) as error:
                running = self.ask("inspect", "--format", "{{.State.Running}}", name)
                if running != "true" or time.monotonic() > deadline:
                    log = (self.ask("logs", "--tail", "30", name) or "").splitlines()
                    reason = f"container {name} did not answer: {error}"
                    raise UnsuitableError(reason, log=log) from error

    def ask(self, *words: str) -> str | None:
        """What docker says, or None when it fails."""
        child = self._start(*words)
        return None if child.wait(_ASK_SECONDS) else "\n".join(child.lines())

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
