"""Where there is an engine, a container serves Redis and is removed; a fake `docker` plays it."""

import sys
from pathlib import Path

from tests.backing.machine import environment
from tests.backing.redis.lent import Lent, client, lend
from tests.backing.redis.machine import namespace_of, opened_redis, program


def _put_docker(folder: Path, engine: Lent) -> None:
    """A `docker` whose container is this server, once it has the password from the environment."""
    login = f"Valkey.from_url({engine.url()!r})"
    set_password = (
        "import os; from valkey import Valkey; "
        f"{login}.acl_setuser('default', enabled=True, reset_passwords=True, "
        "passwords=['+' + os.environ['REDIS_PASSWORD']], keys=['*'], categories=['+@all'])"
    )
    (folder / "docker").write_text(
        f'#!/bin/sh\necho "$@" >> {folder}/calls\ncase $1 in\ninfo) ;;\n'
        f"port) echo 127.0.0.1:{engine.port};;\n"
        f'run) {sys.executable} -c "{set_password}";;\nesac\n'
    )
    (folder / "docker").chmod(0o755)


def test_a_container_serves_and_is_removed(scratch: Path, tmp_path: Path) -> None:
    with lend(program(), tmp_path) as engine:
        _put_docker(tmp_path, engine)
        variables = environment(scratch, PATH=f"{tmp_path}:/usr/bin:/bin")
        with opened_redis(variables) as services:
            [started] = services.started
            assert started.provider == "docker"
            url, prefix = namespace_of(services)
            with client(url) as redis:
                assert redis.set(f"{prefix}a", "1")
    calls = (tmp_path / "calls").read_text().splitlines()
    run = next(call for call in calls if call.startswith("run "))
    name = run.partition("--name ")[2].split()[0]
    assert "--env REDIS_PASSWORD --publish 127.0.0.1::6379" in run
    assert calls[-1] == f"rm --force --volumes {name}"
    assert services.left_behind == ()
