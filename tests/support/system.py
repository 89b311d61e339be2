"""Runs the services of a workspace by `generator up`, on a fake Telegram, and reads their logs."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2

from generator.processes.output import presentable
from generator.running import Record, read_logs
from generator.usecases.running_system import places_of
from generator.usecases.running_system import running_system as running_record
from generator.usecases.service_plans import FAKES
from generator.wiring import env_values
from generator.workspace import Workspace, open_workspace
from tests.support.checkout import PROJECT
from tests.support.cli import Cli

# No promise: it ends what hangs.
START_SECONDS = 280.0
# A message that was handled is logged only then.
_LOUD = "\nLOG_LEVEL=DEBUG\n"
_OVERRIDE = """\
# There is nobody in front of them who has to see first that they stop, and all that tests do comes
# from one place.
services:
{services}
"""
_SERVICE = '  {name}: {{environment: {{DRAIN_SECONDS: "0", REGISTRATION_ATTEMPTS: "1000"}}}}\n'


@dataclass(frozen=True, kw_only=True)
class System:
    """The services that run: their URLs, those of what plays somebody else's, and their logs."""

    workspace: Workspace
    urls: Mapping[str, str]
    external: Mapping[str, str]

    @cached_property
    def secrets(self) -> Mapping[str, str]:
        """What stands in the workspace's .env."""
        return env_values((self.workspace.root / ".env").read_text(encoding="utf-8"))

    def log_lines(self, name: str) -> list[dict[str, Any]]:
        """What a service has logged so far; lines that are no JSON are left out."""
        lines = read_logs(places_of(self.workspace).logs, [name])
        return [json.loads(line.text) for line in lines if line.text.startswith("{")]

    def answers_ready(self) -> bool:
        """Whether every service says itself that it is ready now."""
        try:
            answers = [httpx2.get(f"{url}/ready", timeout=5) for url in self.urls.values()]
        except httpx2.HTTPError:
            return False
        return all(answer.status_code == httpx2.codes.OK for answer in answers)

    def processes(self) -> Mapping[str, int]:
        """The process of each service that has one now."""
        return {one.name: one.pid for one in self._record.services if one.pid}

    def servers(self) -> Mapping[str, int]:
        """The process of each server that runs now."""
        folder = f"{places_of(self.workspace).servers}/"
        found: dict[str, int] = {}
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                _, inside, rest = path.read_bytes().decode(errors="replace").partition(folder)
                if inside and _is_server(path):
                    found[re.split(r"[/\0 ]", rest)[0]] = int(path.parent.name)
        return found

    @property
    def _record(self) -> Record:
        record = running_record(self.workspace)
        assert record
        return record


def _is_server(cmdline: Path) -> bool:
    # Guards and Erlang's register of nodes have the folder among their words too.
    name = cmdline.with_name("comm").read_text().strip()
    return name in {"postgres", "beam.smp", "redis-server", "valkey-server"}


@contextmanager
def running_system(root: Path) -> Iterator[System]:
    """Start every service of a workspace and yield when all are ready; end them then.

    As root, servers run as another user, who must be able to walk to the workspace.
    """
    workspace = open_workspace(root)
    _set(workspace)
    started = _generator(workspace, "up", "--until-ready", "--fake-telegram", "--json")
    try:
        yield System(
            workspace=workspace,
            urls={one["name"]: one["url"] for one in started["services"]},
            external=dict.fromkeys(FAKES.values(), next(iter(started["fakes"].values()), "")),
        )
    finally:
        _generator(workspace, "down", "--json")


def _set(workspace: Workspace) -> None:
    env = workspace.root / ".env"
    env.write_text(env.read_text(encoding="utf-8") + _LOUD, encoding="utf-8")
    names = [service.service_name for service in workspace.services()]
    services = "".join(_SERVICE.format(name=name) for name in names)
    override = workspace.root / "compose.override.yaml"
    override.write_text(_OVERRIDE.format(services=services), encoding="utf-8")


def _generator(workspace: Workspace, *words: str) -> dict[str, Any]:
    cli = Cli(checkout=PROJECT)
    done = subprocess.run(
        cli.command(*words),
        cwd=workspace.root,
        env=cli.env(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(presentable(done.stderr))
    document = json.loads(done.stdout)
    assert isinstance(document, dict)
    return document
