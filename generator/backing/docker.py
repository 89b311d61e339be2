"""The provider that runs a server in a container, where there is an engine."""

import secrets
import shutil
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.backing.cleanup import Cleanup
from generator.backing.model import Opened, RefusedError
from generator.backing.providers import Provider, Request, UnsuitableError
from generator.backing.runs import DOCKER, Run
from generator.backing.spawn import Setting, spawn
from generator.env_vars import child_env_vars
from generator.processes import Child

# Every container of ours has it; its value is the run that made it.
LABEL = "generator.run"
_ASK_SECONDS = 20.0
_PULL_SECONDS = 600.0
_START_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """What is run.

    Attributes:
        name: with its tag.
        ports: where the server listens in the container; each is published on 127.0.0.1.
        variables: the container's environment, by the password that its server is to have.
        command: what follows the image's name.
    """

    name: str
    ports: tuple[int, ...]
    variables: Callable[[str], Mapping[str, str]]
    command: tuple[str, ...] = ()


# Opens the server whose ports are published as these, with that password; raises `OSError` or
# `RefusedError` while it does not answer yet.
OpenContainer = Callable[[Mapping[int, int], str, Request], Opened]


def container(image: Image, use: OpenContainer) -> Provider:
    """A container that is removed at the end.

    Args:
        image: what is run.
        use: opens its server.
    """

    def open_container(request: Request, cleanup: Cleanup) -> Opened:
        password = secrets.token_urlsafe(24)
        docker = Docker.find(request.environment, cleanup, image.variables(password))
        if docker.ask("info") is None:
            raise UnsuitableError("the docker program is there, but no engine answers it")
        name = docker.run(image, request.run)
        ports = {port: docker.port(name, port) for port in image.ports}
        opened = docker.until_answered(name, lambda: use(ports, password, request))
        place = f"127.0.0.1:{ports[image.ports[0]]}"
        detail = f"{opened.detail} in container {name} on {place}"
        return Opened(detail=detail, isolate=opened.isolate)

    return Provider(name="docker", open=open_container, fix="start Docker")


def remove_containers(
    environment: Mapping[str, str], is_over: Callable[[str], bool]
) -> tuple[list[str], list[str]]:
    """Remove the containers of runs that are over; their names, and those that could not be.

    Args:
        environment: the caller's.
        is_over: whether the run of that name has ended.
    """
    cleanup = Cleanup()
    try:
        docker = Docker.find(environment, cleanup)
        wanted = "{{.Names}} {{.Label " + f'"{LABEL}"' + "}}"
        listed = docker.ask("ps", "--all", "--filter", f"label={LABEL}", "--format", wanted)
        found = [line.split() for line in (listed or "").splitlines()]
        over = [name for name, run in found if is_over(run)]
        left = [name for name in over if not docker.remove(name)]
        return [name for name in over if name not in left], left
    except UnsuitableError:
        return [], []
    finally:
        cleanup.finish()


@dataclass(frozen=True, slots=True)
class Docker:
    """The program of Docker, or one that stands for it."""

    program: Path
    setting: Setting
    cleanup: Cleanup

    @classmethod
    def find(
        cls,
        environment: Mapping[str, str],
        cleanup: Cleanup,
        variables: Mapping[str, str] | None = None,
    ) -> "Docker":
        """The program on PATH.

        Raises:
            UnsuitableError: there is none.
        """
        program = shutil.which("docker", path=environment.get("PATH", ""))
        if not program:
            raise UnsuitableError("no docker program on PATH")
        kept = {name: text for name, text in environment.items() if name.startswith("DOCKER_")}
        given = child_env_vars(environment, {**kept, **(variables or {})})
        return cls(Path(program), Setting(environment=given, folder=Path("/")), cleanup)

    def run(self, image: Image, run: str) -> str:
        """Run a container of an image; its name."""
        name = f"verify-{secrets.token_hex(6)}"
        Run(run=run, kind=DOCKER, place=name).remember(self.cleanup)
        with self.cleanup.making() as stack:
            # Registered before it is made: a pull that is interrupted may still make it.
            stack.callback(self._remove_at_last, name)
        # Secrets come by the environment, where `ps` does not show them.
        named = [word for name in image.variables("") for word in ("--env", name)]
        published = [word for port in image.ports for word in ("--publish", f"127.0.0.1::{port}")]
        options = [*named, *published, "--label", f"{LABEL}={run}", "--name", name]
        started = self._start("run", "--detach", "--rm", *options, image.name, *image.command)
        if started.wait(_PULL_SECONDS) != 0:
            raise UnsuitableError(f"docker run {image.name} failed", log=started.lines())
        return name

    def port(self, name: str, inside: int) -> int:
        """Where a port of a container is published."""
        published = self.ask("port", name, f"{inside}/tcp") or ""
        port = published.splitlines()[0].rpartition(":")[2] if published else ""
        if not port.isdecimal():
            raise UnsuitableError(f"docker does not say the port of {name}")
        return int(port)

    def until_answered(self, name: str, ask: Callable[[], Opened]) -> Opened:
        """What is asked, as soon as it does not fail any more."""
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
        return None if child.wait(_ASK_SECONDS) else child.output

    def remove(self, name: str) -> bool:
        """Remove a container; whether it is gone."""
        child = self._start("rm", "--force", "--volumes", name)
        return child.wait(_ASK_SECONDS) == 0 or "No such container" in child.output

    def _remove_at_last(self, name: str) -> None:
        # On its own, because `cleanup` is closing and takes nothing any more.
        farewell = Cleanup()
        if not Docker(self.program, self.setting, farewell).remove(name):
            self.cleanup.left_behind.append(f"docker container {name}")
        farewell.close()

    def _start(self, *words: str) -> Child:
        argv: Sequence[str | Path] = [self.program, *words]
        return spawn(argv, setting=self.setting, cleanup=self.cleanup, last_signal=signal.SIGTERM)
