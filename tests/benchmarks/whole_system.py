"""A workspace with a service of each kind that runs: what the benchmarks of the system stand on."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.running import Record
from generator.usecases.running_system import running_system
from generator.workspace import open_workspace
from tests.backing.machine import open_folder
from tests.benchmarks.workspaces import Ground

DATA, API, WORKER, BOT = "users-data", "users-api", "media-worker", "support-bot"
_CALLING = ("--data-service", DATA)
_SERVICES = {
    DATA: ("data-postgres", "--with", "outbox"),
    API: ("fastapi", *_CALLING, "--with", "auth,cache,tasks"),
    WORKER: ("worker", *_CALLING),
    BOT: ("aiogram", *_CALLING),
}
_UP = ("up", "--until-ready", "--fake-telegram")


@dataclass(frozen=True, kw_only=True)
class SystemGround:
    """A workspace with a service of each kind."""

    ground: Ground
    workspace: Path

    def run(self, *words: str) -> str:
        """What a command prints; a failure ends the benchmark."""
        done = subprocess.run(
            self.ground.generator(*words), cwd=self.workspace, env=self.ground.environment,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"generator {' '.join(words)}: exit {done.returncode}\n{done.stderr}")
        return done.stdout

    def record(self) -> Record:
        """What runs."""
        record = running_system(open_workspace(self.workspace))
        assert record
        return record

    def setting(self, name: str) -> str:
        """A value of `.env`."""
        lines = (self.workspace / ".env").read_text(encoding="utf-8").splitlines()
        return next(line.partition("=")[2] for line in lines if line.startswith(f"{name}="))

    @contextmanager
    def up(self, *options: str) -> Iterator[Record]:
        """Everything runs, and is ready."""
        self.run(*_UP, *options)
        try:
            yield self.record()
        finally:
            self.run("down")


@contextmanager
def system_ground() -> Iterator[SystemGround]:
    """Render all of it in a folder that every user may enter: as root, servers are `nobody`."""
    folder = open_folder()
    try:
        yield _rendered(folder)
    finally:
        shutil.rmtree(folder)


def _rendered(folder: Path) -> SystemGround:
    ground = Ground(folder=folder)
    workspace = ground.workspace()
    for name, (template, *rest) in _SERVICES.items():
        # Locked once, by the last one.
        lock = () if name == [*_SERVICES][-1] else ("--no-lock",)
        ground.cli("new-service", template, name, *rest, "--no-verify", *lock, cwd=workspace).ok()
    return SystemGround(ground=ground, workspace=workspace)
