"""The small language of these tests: a workspace of tiny services, and `up` as a person runs it."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from uv import find_uv_bin

from generator.running import Phase, Record, ServiceStatus
from generator.usecases.running_system import end_system, running_system
from generator.workspace import Workspace
from tests.support.cli import Cli, Outcome

TINY = Path(__file__).with_name("tiny.py")
DEADLINE = 60.0
_PROJECT = """
[project]
name = "{name}"
version = "0"
requires-python = ">=3.11"
{more}
"""
_MANIFEST = """
schema: 1
summary: Tiny
first_port: {port}
process: {process}
provides_api: true
backing: {{needed: [{backing}]}}
links: {{calls: {{summary: whom it calls, to: api, optional: true}}}}
"""
_COMPOSE = """
services:
  {name}:
    environment:
      SERVICE_NAME: {name}
      MARKS: {marks}
      BEHAVIOUR: "{behaviour}"
      SOME_API_KEY: ${{SOME_API_KEY:?is missing in .env}}
      CALLS_URL: "{calls}"
      FILES: file:///var/lib/files
    volumes: [files:/var/lib/files]
"""


def wait_until(seen: Callable[[], object]) -> None:
    """Return once something is seen; fail when that takes too long."""
    deadline = time.monotonic() + DEADLINE
    while not seen():
        assert time.monotonic() < deadline, "it was never seen"
        # Asking again is how one learns of it.
        time.sleep(0.02)


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A workspace of tiny services, without servers."""

    root: Path
    cli: Cli

    @property
    def up_folder(self) -> Path:
        return self.root / ".generator/up"

    @property
    def marks(self) -> list[str]:
        """What the services have noted, in order."""
        path = self.root / "marks"
        return path.read_text().splitlines() if path.exists() else []

    def add(  # noqa: PLR0913 - a test says what it needs and no more
        self,
        name: str,
        port: int,
        *behaviour: str,
        calls: str = "",
        prepare: str = "",
        backing: str = "",
        start: int = 30,
        stop: int = 20,
    ) -> None:
        """A service that behaves in a certain way."""
        folder = self.root / "services" / name
        folder.mkdir(parents=True)
        shutil.copy(TINY, folder / "tiny.py")
        command = '["python", "tiny.py"]'
        process = (
            f"{{command: {command}, prepare: [{prepare}], start_seconds: {start},"
            f" stop_seconds: {stop}}}"
        )
        texts = {
            ".copier-answers.yml": f"template: tiny\nservice_name: {name}\nport: {port}\n"
            + (f"calls: {calls}\n" if calls else ""),
            "template.yml": _MANIFEST.format(port=port, process=process, backing=backing),
            "pyproject.toml": _PROJECT.format(name=name, more="[tool.uv]\npackage = false"),
            "compose.yaml": _COMPOSE.format(
                name=name,
                marks=self.root,
                behaviour=",".join(behaviour),
                calls=f"http://{calls}:8000/api" if calls else "",
            ),
        }
        for path, text in texts.items():
            (folder / path).write_text(text)
        self.lock()

    def lock(self) -> None:
        """Lock the workspace anew."""
        subprocess.run(
            [find_uv_bin(), "lock", "--quiet", "--offline"],
            cwd=self.root, env=self.cli.env(), check=True,
        )  # fmt: skip

    def __call__(self, *words: str, seconds: float = 120) -> Outcome:
        """Run a command of the generator here, to its end."""
        return self.cli(*words, cwd=self.root, seconds=seconds)

    def down(self) -> None:
        """End what runs."""
        end_system(self._workspace)

    def record(self) -> Record | None:
        """What runs; None when nothing does."""
        return running_system(self._workspace)

    def service(self, name: str) -> ServiceStatus:
        """What one service does."""
        record = self.record()
        assert record
        return {one.name: one for one in record.services}[name]

    def is_ready(self) -> bool:
        """Whether every service is ready."""
        record = self.record()
        return record is not None and record.phase is Phase.READY

    @property
    def _workspace(self) -> Workspace:
        return Workspace(root=self.root, name="shop")

    def processes(self) -> list[int]:
        """The living processes of services of this workspace, and what starts and guards them."""
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if f"MARKS={self.root}\0".encode() in path.read_bytes():
                    found.append(int(path.parent.name))
        return found

    @contextmanager
    def running(self, *words: str) -> Iterator["Up"]:
        """`up` in the foreground until the block is left; then it is ended as Ctrl-C does."""
        with subprocess.Popen(
            self.cli.command("up", *words),
            cwd=self.root,
            env=self.cli.env(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            up = Up(process=process, shop=self)
            try:
                yield up
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGINT)
                    up.end()


@dataclass(kw_only=True)
class Up:
    """A running `up`, and what it has said once it ended."""

    process: "subprocess.Popen[str]"
    shop: Shop
    stdout: str = ""
    stderr: str = ""

    def wait(self) -> "Up":
        """This, once everything is ready."""
        wait_until(lambda: self.process.poll() is not None or self.shop.is_ready())
        assert self.process.poll() is None, self.end()
        return self

    def end(self, number: signal.Signals | None = None) -> "Up":
        """This, once it has ended; by a signal if one is named."""
        if number:
            self.process.send_signal(number)
        self.stdout, self.stderr = self.process.communicate(timeout=DEADLINE)
        return self


def get(url: str, headers: dict[str, str] | None = None) -> str:
    """The body of an answer; empty when there is none."""
    try:
        return httpx2.get(url, headers=headers, timeout=10).text
    except httpx2.HTTPError:
        return ""


def environment_of(url: str) -> dict[str, str]:
    """What a tiny service finds in its environment."""
    pairs = (line.partition("=") for line in get(f"{url}/env").splitlines())
    return {name: value for name, _, value in pairs}


def make_shop(root: Path, cli: Cli) -> Shop:
    """A workspace without services."""
    root.mkdir()
    members = '[tool.uv]\npackage = false\n[tool.uv.workspace]\nmembers = ["services/*"]'
    (root / "pyproject.toml").write_text(_PROJECT.format(name="shop", more=members))
    (root / ".copier-answers.yml").write_text("template: workspace\nworkspace_name: shop\n")
    (root / ".env").write_text("SOME_API_KEY=nobody-is-to-see-this\n")
    (root / "services").mkdir()
    return Shop(root=root, cli=cli)


def lines_of(outcome: Outcome) -> Sequence[dict[str, Any]]:
    """The objects on the lines of an output."""
    return [json.loads(line) for line in outcome.stdout.splitlines()]


def is_gone(pid: int) -> bool:
    """Whether a process has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
