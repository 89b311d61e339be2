"""A server that is somebody else's is used as its owner would wish, and left as it was."""

from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from generator.backing import BackingUnavailableError
from generator.errors import MissingPrerequisiteError
from tests.backing.lent import Lent
from tests.backing.machine import (
    INSTALLED,
    environment,
    line_of,
    opened,
    psql,
    staying_psql,
    url_of,
)


@pytest.mark.parametrize("role", ["trusted", "hashed", "plain", "scrambled", "maker"])
def test_every_way_to_log_in_is_spoken(scratch: Path, lent: Lent, role: str) -> None:
    variables = environment(scratch, GENERATOR_POSTGRES_URL=lent.url(role))
    with opened(variables) as services:
        assert psql(url_of(services), "SELECT current_user = current_database()") == "t"


@pytest.mark.parametrize("mode", ["prefer", "require"])
def test_tls_is_spoken(scratch: Path, lent: Lent, mode: str) -> None:
    if not lent.has_tls:
        pytest.skip("this machine has no openssl, or its PostgreSQL no TLS")
    variables = environment(
        scratch, GENERATOR_POSTGRES_URL=lent.url("encrypted", query=f"?sslmode={mode}")
    )
    with opened(variables) as services:
        url = url_of(services)
        assert url.endswith(f"?sslmode={mode}")
        assert psql(url, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "t"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("?sslmode=verify-full", "certificate"),
        ("?sslmode=disable", "pg_hba.conf"),
        ("?sslmode=perhaps", "sslmode is none of"),
    ],
)
def test_tls_that_cannot_be_had_as_asked_is_refused(
    scratch: Path, lent: Lent, query: str, reason: str
) -> None:
    if not lent.has_tls:
        pytest.skip("this machine has no openssl, or its PostgreSQL no TLS")
    variables = environment(scratch, GENERATOR_POSTGRES_URL=lent.url("encrypted", query=query))
    with pytest.raises(BackingUnavailableError, match=reason), opened(variables):
        pass


def test_a_unix_socket_is_spoken(scratch: Path, lent: Lent) -> None:
    url = f"postgresql://trusted@/postgres?host={quote(str(lent.socket_folder))}"
    variables = environment(scratch, GENERATOR_POSTGRES_URL=f"{url}&port={lent.admin.port}")
    with opened(variables) as services:
        assert psql(url_of(services), "SELECT inet_server_addr() IS NULL") == "t"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://ci:hunter2@127.0.0.1:1/x", "127.0.0.1:1: Connection refused"),
        ("postgresql://ci:hunter2@no.such.host.invalid/x", "no.such.host.invalid:5432: "),
        ("mysql://ci:hunter2@127.0.0.1/x", "it does not begin with postgresql://"),
        ("postgresql://ci:hunter2@127.0.0.1:port/x", "its host or port cannot be read"),
    ],
)
def test_a_url_that_leads_nowhere_fails_at_once(scratch: Path, url: str, reason: str) -> None:
    variables = environment(scratch, GENERATOR_POSTGRES_URL=url)
    with pytest.raises(MissingPrerequisiteError) as caught, opened(variables, INSTALLED):
        pass
    assert caught.value.message.startswith(
        f"PostgreSQL cannot be used: GENERATOR_POSTGRES_URL: {reason}"
    )
    assert "unset it" in caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.hint


def test_a_wrong_password_fails_at_once_and_is_not_shown(scratch: Path, lent: Lent) -> None:
    url = lent.url("scrambled").replace(urlsplit(lent.url("scrambled")).password or "", "hunter2")
    variables = environment(scratch, GENERATOR_POSTGRES_URL=url)
    with pytest.raises(BackingUnavailableError, match="password") as caught, opened(variables):
        pass
    assert "hunter2" not in str(caught.value)


def test_a_role_that_may_make_no_databases_is_told_how_to(scratch: Path, lent: Lent) -> None:
    variables = environment(scratch, GENERATOR_POSTGRES_URL=lent.url("powerless"))
    with (
        pytest.raises(BackingUnavailableError, match='ALTER ROLE "powerless" CREATEDB'),
        opened(variables),
    ):
        pass


def test_a_role_that_may_make_no_roles_owns_the_databases_itself(scratch: Path, lent: Lent) -> None:
    before = lent.names()
    with opened(environment(scratch, GENERATOR_POSTGRES_URL=lent.url("modest"))) as services:
        url = url_of(services)
        assert urlsplit(url).username == "modest"
        psql(url, f'CREATE DATABASE "{urlsplit(url).path[1:]}_of_a_test"')
    assert lent.names() == before


def test_everything_made_there_is_gone_at_the_end_and_nothing_else(
    scratch: Path, lent: Lent, stack: ExitStack
) -> None:
    before = lent.names()
    assert "precious" in before
    with opened(environment(scratch, GENERATOR_POSTGRES_URL=lent.url("maker"))) as services:
        url = url_of(services)
        psql(url, 'CREATE DATABASE "left by a killed ""test"')
        assert len(lent.names() - before) == 2
        # A client that is still connected when the run ends.
        quoted = "left%20by%20a%20killed%20%22test"
        places = (url, urlsplit(url)._replace(path=f"/{quoted}").geturl())
        clients = [
            stack.enter_context(staying_psql(place, "SELECT 'in'", "SELECT pg_sleep(60)"))
            for place in places
        ]
        assert [line_of(client) for client in clients] == ["in", "in"]
    assert all(client.wait(5) != 0 for client in clients)
    assert lent.names() == before
    assert services.left_behind == ()


def test_what_could_not_be_removed_is_told(scratch: Path, lent: Lent) -> None:
    with opened(environment(scratch, GENERATOR_POSTGRES_URL=lent.url("scrambled"))) as services:
        name = urlsplit(url_of(services)).path[1:]
        psql(lent.admin.url, f'ALTER DATABASE "{name}" IS_TEMPLATE true')
    lines = services.left_behind
    assert lines[0].startswith(f'{lent.admin.place}: DROP DATABASE IF EXISTS "{name}"')
    assert all(name in line for line in lines)
