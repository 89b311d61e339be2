"""Tests find servers in the environment, by asking the generator, or where compose runs them."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from asyncio.subprocess import PIPE
from typing import TYPE_CHECKING

import pytest

from shared.testing import wait_until
from shared.testing.servers import KINDS, server_urls

if TYPE_CHECKING:
    from pathlib import Path

# What `generator backing` does, without a server: it recording what it was asked for, and its end.
LENDER = """
import json, pathlib, sys
_, folder, *asked = sys.argv
note = pathlib.Path(folder, "note")
note.write_text(" ".join(asked) + "\\n")
urls = {"schema": 1, "REDIS_URL": "redis://lent", "REDIS_PREFIX": "mine:", "AMQP_URL": "amqp://lent"}
print(json.dumps(urls), flush=True)
sys.stdin.read()
note.write_text(note.read_text() + "ended")
"""
REFUSING = "import sys; sys.exit('error: RabbitMQ is needed, and none could be started.\\n  hint')"
ASKING = """
import sys
from shared.testing.servers import KINDS, server_urls
with server_urls("REDIS_URL"):
    print("lent", flush=True)
    sys.stdin.read()
"""


def command(script: str, folder: Path) -> str:
    return shlex.join([sys.executable, "-c", script, str(folder)])


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\necho 127.0.0.1:7000\n")
    path.chmod(0o755)


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave no server to find, and no command to ask."""
    for name in (*KINDS, "REDIS_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GENERATOR_COMMAND", "")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a workspace's folder; the tests run in a service of it."""
    (tmp_path / "compose.yaml").touch()
    names = "POSTGRES", "REDIS", "CACHE_REDIS", "RABBITMQ"
    (tmp_path / ".env").write_text("".join(f"{name}_PASSWORD=pw\n" for name in names))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    service = tmp_path / "services" / "users-data"
    service.mkdir(parents=True)
    monkeypatch.chdir(service)
    return tmp_path


def test_a_named_server_is_used_and_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://named")
    monkeypatch.setenv("GENERATOR_COMMAND", "/no/such/command")

    with server_urls("LOG_LEVEL", "REDIS_URL") as urls:
        assert urls == {"REDIS_URL": "redis://named"}


def test_what_is_not_named_is_lent_by_the_generator_until_the_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://named")
    monkeypatch.setenv("GENERATOR_COMMAND", command(LENDER, tmp_path))

    with server_urls("DATABASE_URL", "REDIS_URL", "AMQP_URL") as urls:
        assert urls == {
            "DATABASE_URL": "postgresql://named",
            "REDIS_URL": "redis://lent",
            "AMQP_URL": "amqp://lent",
        }
        assert (os.environ["REDIS_URL"], os.environ["REDIS_PREFIX"]) == ("redis://lent", "mine:")
        assert (tmp_path / "note").read_text() == "backing rabbitmq redis\n"

    assert (tmp_path / "note").read_text().endswith("\nended")
    assert "REDIS_URL" not in os.environ


async def test_a_killed_test_run_gives_back_what_was_lent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GENERATOR_COMMAND", command(LENDER, tmp_path))
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ASKING), stdin=PIPE, stdout=PIPE
    )
    assert run.stdout is not None
    assert await run.stdout.readline() == b"lent\n"
    run.kill()
    await run.wait()

    async def ended() -> bool:
        return (tmp_path / "note").read_text().endswith("ended")

    await wait_until(ended, what="the end of what was lent")


@pytest.mark.parametrize(
    ("script", "reason"),
    [("", "there is no `generator` on PATH"), (REFUSING, "RabbitMQ is needed, and none could")],
)
def test_where_there_is_none_one_line_names_every_way(
    script: str, reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if script:
        monkeypatch.setenv("GENERATOR_COMMAND", command(script, tmp_path))

    with pytest.raises(pytest.exit.Exception, match=reason) as caught, server_urls("AMQP_URL"):
        pass

    assert "`docker compose up -d rabbitmq`" in str(caught.value)
    assert "AMQP_URL" in str(caught.value)
    assert "`generator`" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_suite_that_can_do_without_skips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENERATOR_COMMAND")
    monkeypatch.setenv("PATH", "/nowhere")

    with (
        pytest.raises(pytest.skip.Exception, match="compose up -d redis"),
        server_urls("REDIS_URL", missing=pytest.skip),
    ):
        pass


def test_the_generator_is_found_on_the_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GENERATOR_COMMAND")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    program(tmp_path / "generator", f'exec {command(LENDER, tmp_path)} "$@"')

    with server_urls("REDIS_URL") as urls:
        assert urls == {"REDIS_URL": "redis://lent"}


@pytest.mark.parametrize(
    ("variable", "service", "url"),
    [
        ("DATABASE_URL", "postgres 5432", "postgresql://postgres:pw@127.0.0.1:7000/postgres"),
        ("REDIS_URL", "redis 6379", "redis://:pw@127.0.0.1:7000/0"),
        ("CACHE_REDIS_URL", "redis-cache 6379", "redis://:pw@127.0.0.1:7000/0"),
        ("AMQP_URL", "rabbitmq 5672", "amqp://services:pw@127.0.0.1:7000/services"),
    ],
)
def test_what_compose_runs_here_is_used_where_the_generator_is_not_to_be_had(
    workspace: Path, variable: str, service: str, url: str
) -> None:
    program(workspace / "docker", f'[ "$PWD $*" = "{workspace} compose port {service}" ] || exit 1')

    with server_urls(variable) as urls:
        assert urls == {variable: url}


def test_what_compose_does_not_run_is_not_taken_for_its_server(workspace: Path) -> None:
    program(workspace / "docker", "exit 1")

    with pytest.raises(pytest.exit.Exception), server_urls("REDIS_URL"):
        pass
