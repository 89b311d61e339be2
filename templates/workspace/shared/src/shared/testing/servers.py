"""Finds the servers that tests run on; starts none.

Where they come from, in order: URLs in the environment; `generator backing`, for as long as the
tests run; what `docker compose up -d` has started in this workspace.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# What the generator calls the server behind a variable; compose calls it the same.
KINDS = {
    "DATABASE_URL": "postgres",
    "REDIS_URL": "redis",
    "CACHE_REDIS_URL": "redis-cache",
    "AMQP_URL": "rabbitmq",
}
# The port that compose publishes, and the URL there; passwords are in .env.
COMPOSE = {
    "DATABASE_URL": (5432, "postgresql://postgres:{POSTGRES_PASSWORD}@{address}/postgres"),
    "REDIS_URL": (6379, "redis://:{REDIS_PASSWORD}@{address}/0"),
    "CACHE_REDIS_URL": (6379, "redis://:{CACHE_REDIS_PASSWORD}@{address}/0"),
    "AMQP_URL": (5672, "amqp://services:{RABBITMQ_PASSWORD}@{address}/services"),
}
_ASK_SECONDS = 30.0


@contextmanager
def server_urls(
    *variables: str, missing: Callable[[str], object] = pytest.exit
) -> Iterator[Mapping[str, str]]:
    """Yield the URLs of those of these variables that name a server, such as DATABASE_URL.

    Meanwhile the environment has them, and prefixes for names on those servers. Where one is not
    to be had `missing` is called with a line that says what helps: it must raise, and ends the
    test run by default.
    """
    wanted = [name for name in variables if name in KINDS]
    unset = [name for name in wanted if not os.environ.get(name)]
    with ExitStack() as stack:
        try:
            found = _find(stack, unset) if unset else {}
        except NoServerError as error:
            missing(str(error))
            raise
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in found.items():
            patch.setenv(name, value)
        yield {name: os.environ[name] for name in wanted}


class NoServerError(Exception):
    """A server is neither named nor to be had."""


def _find(stack: ExitStack, variables: list[str]) -> Mapping[str, str]:
    command = _generator()
    if command is None:
        reason = "there is no `generator` on PATH"
    else:
        lender = _Lender(command, sorted({KINDS[name] for name in variables}))
        stack.callback(lender.close)
        if lender.found:
            return lender.found
        reason = lender.close()
    found = _composed(variables)
    if found is None:
        kinds = " ".join(sorted({KINDS[name] for name in variables}))
        message = (
            f"no server for {', '.join(variables)} ({reason}): set that, put `generator` on PATH, "
            f"or run `docker compose up -d {kinds}`"
        )
        raise NoServerError(message)
    return found


class _Lender:
    """`generator backing`, which keeps servers until its pipe is closed; by `kill -9` too."""

    def __init__(self, command: list[str], kinds: list[str]) -> None:
        self._process = subprocess.Popen(
            [*command, "backing", *kinds],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Ctrl-C is for the tests.
            start_new_session=True,
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        answer = json.loads(line) if line else {}
        self.found = {name: value for name, value in answer.items() if isinstance(value, str)}

    def close(self) -> str:
        """Let it remove the servers, and return in a line what it complained about."""
        if self._process.returncode is not None:
            return ""
        lines = self._process.communicate()[1].splitlines()
        causes = [each.removeprefix("error: ") for each in lines if each.startswith("error: ")]
        return "; ".join(causes or lines[-1:])


def _generator() -> list[str] | None:
    """Return the command: of GENERATOR_COMMAND (empty: none), on PATH, or of this environment."""
    named = os.environ.get("GENERATOR_COMMAND")
    if named is not None:
        return shlex.split(named) or None
    if on_path := shutil.which("generator"):
        return [on_path]
    return [sys.executable, "-m", "generator"] if find_spec("generator") else None


def _composed(variables: list[str]) -> Mapping[str, str] | None:
    """Return the URLs of servers that compose runs here; None if it does not run one of them."""
    here = Path.cwd()
    folders = [each for each in (here, *here.parents) if (each / "compose.yaml").is_file()]
    docker = shutil.which("docker")
    if not folders or docker is None:
        return None
    try:
        lines = (folders[0] / ".env").read_text().splitlines()
        passwords = dict(line.split("=", 1) for line in lines if "PASSWORD=" in line)
        # The engine is asked: what listens on the usual port may be somebody else's.
        return {
            name: COMPOSE[name][1].format(**passwords, address=_published(docker, name, folders[0]))
            for name in variables
        }
    except (KeyError, OSError, subprocess.SubprocessError):
        return None


def _published(docker: str, variable: str, workspace: Path) -> str:
    """Return where compose publishes a server; CalledProcessError when it does not run."""
    command = [docker, "compose", "port", KINDS[variable], str(COMPOSE[variable][0])]
    return subprocess.run(
        command, cwd=workspace, check=True, capture_output=True, text=True, timeout=_ASK_SECONDS
    ).stdout.strip()
