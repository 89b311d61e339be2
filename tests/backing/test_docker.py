"""Where there is an engine, a container serves and is removed; a fake `docker` plays it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.backing import BackingUnavailableError
from tests.backing.lent import Lent
from tests.backing.machine import bindir, environment, opened, psql, url_of

Docker = Callable[[str], dict[str, str]]


@pytest.fixture
def docker(tmp_path: Path) -> Docker:
    """Puts a `docker` on PATH that writes down its arguments and answers as told."""

    def put(answers: str) -> dict[str, str]:
        program = tmp_path / "docker"
        script = f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\ncase $1 in\n{answers}\nesac\n'
        program.write_text(script)
        program.chmod(0o755)
        return {"PATH": f"{tmp_path}:/usr/bin:/bin"}

    return put


def _engine(engine: Lent) -> str:
    """A container is this server, once it has the password that came by the environment."""
    set_password = "ALTER ROLE postgres PASSWORD '$POSTGRES_PASSWORD'"
    return (
        f"info) ;;\nport) echo 127.0.0.1:{engine.admin.port};;\n"
        f"run) '{bindir()}/psql' '{engine.url('trusted')}' -c \"{set_password}\";;"
    )


def _calls(tmp_path: Path) -> list[str]:
    return (tmp_path / "calls").read_text().splitlines()


def test_a_client_without_an_engine_is_not_enough(
    scratch: Path, tmp_path: Path, docker: Docker
) -> None:
    found = docker("info) echo Cannot connect; exit 1;;")
    with pytest.raises(BackingUnavailableError) as caught, opened(environment(scratch) | found):
        pass
    assert "docker       the docker program is there, but no engine answers" in caught.value.hint
    assert _calls(tmp_path) == ["info"]


def test_a_container_serves_and_is_removed(
    scratch: Path, tmp_path: Path, docker: Docker, lent: Lent
) -> None:
    found = docker(_engine(lent))
    with opened(environment(scratch) | found) as services:
        [started] = services.started
        assert started.provider == "docker"
        assert psql(url_of(services), "SELECT 1") == "1"
    calls = _calls(tmp_path)
    run = next(call for call in calls if call.startswith("run "))
    name = run.partition("--name ")[2].split()[0]
    assert "--publish 127.0.0.1::5432" in run
    assert calls[-1] == f"rm --force --volumes {name}"
    assert services.left_behind == ()


def test_a_container_that_ends_at_once_is_told_with_its_log(
    scratch: Path, tmp_path: Path, docker: Docker
) -> None:
    found = docker(
        "info|run) ;;\nport) echo 127.0.0.1:1;;\ninspect) echo false;;\nlogs) echo bad image;;"
    )
    with pytest.raises(BackingUnavailableError) as caught, opened(environment(scratch) | found):
        pass
    assert "did not answer: [Errno 111] Connection refused" in caught.value.hint
    assert caught.value.hint.endswith("Last lines of docker:\n  bad image")
    assert _calls(tmp_path)[-1].startswith("rm --force")


def test_a_container_that_cannot_be_removed_is_told(
    scratch: Path, docker: Docker, lent: Lent
) -> None:
    found = docker(_engine(lent) + "\nrm) exit 1;;")
    with opened(environment(scratch) | found) as services:
        pass
    [left] = services.left_behind
    assert left.startswith("docker container verify-")
