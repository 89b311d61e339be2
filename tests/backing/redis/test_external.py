"""A Redis that is somebody else's is used as its owner would wish, and left as it was."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from generator.backing import BackingUnavailableError
from generator.errors import MissingPrerequisiteError
from generator.processes import free_port
from tests.backing.machine import environment
from tests.backing.redis.lent import Lent, client, lend
from tests.backing.redis.machine import INSTALLED, namespace_of, opened_redis, program


@pytest.mark.parametrize("user", ["default", "modest"])
def test_a_user_with_a_password_that_must_be_quoted_gets_in(
    scratch: Path, lent: Lent, user: str
) -> None:
    with opened_redis(environment(scratch, GENERATOR_REDIS_URL=lent.url(user))) as services:
        url, prefix = namespace_of(services)
        with client(url) as redis:
            assert redis.set(f"{prefix}a", "1")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("redis://ci:hunter2@127.0.0.1:1/0", "127.0.0.1:1: Connection refused"),
        ("redis://ci:hunter2@no.such.host.invalid", "no.such.host.invalid:6379: "),
        ("memcached://ci:hunter2@127.0.0.1/0", "it does not begin with redis:// or rediss://"),
        ("redis://ci:hunter2@127.0.0.1:port/0", "its host or port cannot be read"),
        ("redis://ci:hunter2@127.0.0.1/users", "its path is not the number of a database"),
    ],
)
def test_a_url_that_leads_nowhere_fails_at_once(scratch: Path, url: str, reason: str) -> None:
    variables = environment(scratch, GENERATOR_REDIS_URL=url)
    with pytest.raises(MissingPrerequisiteError) as caught, opened_redis(variables, INSTALLED):
        pass
    assert caught.value.message.startswith(f"Redis cannot be used: GENERATOR_REDIS_URL: {reason}")
    assert "unset it" in caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("redis://{place}/0", "a password is needed"),
        ("redis://:hunter2@{place}/0", "invalid username-password pair"),
        ("redis://reader:hunter2@{place}/0", "invalid username-password pair"),
    ],
)
def test_a_login_that_is_refused_is_told_without_the_password(
    scratch: Path, lent: Lent, url: str, reason: str
) -> None:
    variables = environment(scratch, GENERATOR_REDIS_URL=url.format(place=lent.place))
    with pytest.raises(BackingUnavailableError, match=reason) as caught, opened_redis(variables):
        pass
    assert "hunter2" not in str(caught.value)


def test_a_database_that_is_not_there_is_told(scratch: Path, lent: Lent) -> None:
    variables = environment(scratch, GENERATOR_REDIS_URL=lent.url(database=99))
    with pytest.raises(BackingUnavailableError, match="DB index is out"), opened_redis(variables):
        pass


@pytest.mark.parametrize("user", ["reader", "fenced"])
def test_a_user_who_may_not_write_our_keys_is_told(scratch: Path, lent: Lent, user: str) -> None:
    with (
        opened_redis(environment(scratch, GENERATOR_REDIS_URL=lent.url(user))) as services,
        pytest.raises(BackingUnavailableError, match="no key could be written at "),
    ):
        namespace_of(services)


def test_a_replica_is_not_used(scratch: Path, tmp_path: Path, lent: Lent) -> None:
    with (
        lend(program(), tmp_path, replicaof=f"127.0.0.1 {lent.port}") as replica,
        pytest.raises(BackingUnavailableError, match="it is a replica, which takes no writes"),
        opened_redis(environment(scratch, GENERATOR_REDIS_URL=replica.url())),
    ):
        pass


def test_a_part_of_a_cluster_is_not_used(scratch: Path, tmp_path: Path) -> None:
    # Its members' own port is by default 10000 higher, which not every free port leaves room for.
    cluster_port = str(free_port())
    with (
        lend(program(), tmp_path, cluster_enabled="yes", cluster_port=cluster_port) as member,
        pytest.raises(BackingUnavailableError, match="it runs as cluster; a single server"),
        opened_redis(environment(scratch, GENERATOR_REDIS_URL=member.url())),
    ):
        pass


@contextmanager
def _saying(answer: bytes) -> Iterator[str]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1024)
            self.request.sendall(answer)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"redis://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "it does not speak Redis' protocol"),
        (b"*many\r\n", "it does not speak Redis' protocol"),
        (b"$100\r\nshort", "the server closed the connection"),
        (b"", "the server closed the connection"),
        (b"-ERR unknown command 'HELLO'\r\n", "it is older than Redis 6; 6.2 or newer is needed"),
        (b"*4\r\n+version\r\n+6.0.16\r\n+mode\r\n+standalone\r\n+PONG\r\n", "it is Redis 6.0.16"),
    ],
)
def test_whoever_is_no_redis_that_we_can_use_is_told_so(
    scratch: Path, answer: bytes, reason: str
) -> None:
    with (
        _saying(answer) as url,
        pytest.raises(BackingUnavailableError) as caught,
        opened_redis(environment(scratch, GENERATOR_REDIS_URL=url)),
    ):
        pass
    assert reason in caught.value.message


@pytest.mark.parametrize("user", ["default", "modest"])
def test_everything_made_there_is_gone_at_the_end_and_nothing_else(
    scratch: Path, lent: Lent, user: str
) -> None:
    before = lent.keys(database=2)
    with client(lent.url(database=2)) as redis:
        redis.set("verify_somebody", "else's")
    url = lent.url(user, database=2)
    with opened_redis(environment(scratch, GENERATOR_REDIS_URL=url)) as services:
        url, prefix = namespace_of(services)
        with client(url) as redis:
            redis.mset({f"{prefix}key:{number}": "x" for number in range(3500)})
            redis.rpush(f"{prefix}list", "a")
            redis.set(f"{prefix}[odd]*?\\ name\n", "b")
        assert len(lent.keys(database=2)) == 3503
    assert lent.keys(database=2) == before | {"verify_somebody"}
    assert services.left_behind == ()
    with client(lent.url(database=2)) as redis:
        redis.delete("verify_somebody")
    assert lent.keys() == {"precious"}


def test_keys_of_a_client_that_still_writes_are_told_or_gone(scratch: Path, lent: Lent) -> None:
    stop = threading.Event()

    def write(url: str, prefix: str) -> None:
        with client(url) as redis:
            for number in iter(int, 1):
                if stop.is_set():
                    return
                redis.set(f"{prefix}{number}", "x", px=400)

    with opened_redis(environment(scratch, GENERATOR_REDIS_URL=lent.url())) as services:
        url, prefix = namespace_of(services)
        writer = threading.Thread(target=write, args=(url, prefix))
        writer.start()
    stop.set()
    writer.join()
    for line in services.left_behind:
        assert line.startswith(f"{lent.place}: keys {prefix.partition(':')[0]}* (")


def test_what_could_not_be_removed_is_told(scratch: Path, tmp_path: Path) -> None:
    with lend(program(), tmp_path) as server:
        with opened_redis(environment(scratch, GENERATOR_REDIS_URL=server.url())) as services:
            _, prefix = namespace_of(services)
            with client(server.url()) as admin:
                admin.acl_setuser("default", commands=["-unlink"])
                admin.set(f"{prefix}stays", "1")
        [left] = services.left_behind
    place = urlsplit(server.url()).netloc.rpartition("@")[2]
    assert left.startswith(f"{place}: keys {prefix.partition(':')[0]}* (")
