"""A RabbitMQ that is somebody else's is used as its owner would wish, and left as it was."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.backing import BackingUnavailableError
from generator.backing.rabbitmq.connection import log_in
from generator.errors import MissingPrerequisiteError
from generator.processes import Proxy
from generator.server_url import ServerUrl
from tests.backing.machine import RABBITMQ, REDIS, environment, opened
from tests.backing.rabbitmq.lent import PASSWORD, Lent
from tests.backing.rabbitmq.machine import namespace_of, opened_rabbitmq, use
from tests.backing.redis import lent as redis_lent
from tests.backing.redis.machine import program


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("amqp://ci:hunter2@127.0.0.1:1/ci", "127.0.0.1:1: Connection refused"),
        ("amqp://ci:hunter2@no.such.host.invalid/ci", "no.such.host.invalid:5672: "),
        ("redis://ci:hunter2@127.0.0.1/0", "it does not begin with amqp:// or amqps://"),
        ("amqp://ci:hunter2@127.0.0.1:port/ci", "its host or port cannot be read"),
    ],
)
def test_a_url_that_leads_nowhere_fails_at_once(scratch: Path, url: str, reason: str) -> None:
    variables = environment(scratch, GENERATOR_RABBITMQ_URL=url)
    with pytest.raises(MissingPrerequisiteError) as caught, opened_rabbitmq(variables):
        pass
    assert caught.value.message.startswith(
        f"RabbitMQ cannot be used: GENERATOR_RABBITMQ_URL: {reason}"
    )
    assert "unset it" in caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.hint


@contextmanager
def _saying(answer: bytes) -> Iterator[str]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1024)
            self.request.sendall(answer)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"amqp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "the server closed the connection"),
        (b"AMQP\0\1\0\0", "the server closed the connection"),
        (b"\1\0\0\0\0\0\4\0\n\0\n\xce", "it does not speak AMQP 0-9-1"),
        (b"\1\0\0", "the server closed the connection"),
        (b"", "the server closed the connection"),
    ],
)
def test_whoever_is_no_rabbitmq_is_told_so(scratch: Path, answer: bytes, reason: str) -> None:
    with (
        _saying(answer) as url,
        pytest.raises(BackingUnavailableError) as caught,
        opened_rabbitmq(environment(scratch, GENERATOR_RABBITMQ_URL=url)),
    ):
        pass
    assert reason in caught.value.message


@pytest.mark.parametrize(
    ("user", "vhost", "reason"),
    [("nobody", "theirs", "Login was refused"), ("owner", "none", "vhost none not found")],
)
def test_a_login_that_is_refused_is_told_without_the_password(
    scratch: Path, lent: Lent, user: str, vhost: str, reason: str
) -> None:
    variables = environment(scratch, GENERATOR_RABBITMQ_URL=lent.url(user, vhost=vhost))
    with pytest.raises(BackingUnavailableError) as caught, opened_rabbitmq(variables):
        pass
    assert reason in caught.value.message
    assert PASSWORD not in str(caught.value)


def test_an_administrator_makes_a_virtual_host_for_each_service(scratch: Path, lent: Lent) -> None:
    before = lent.inventory()
    variables = environment(scratch, GENERATOR_RABBITMQ_URL=lent.url(), **lent.managed)
    with opened_rabbitmq(variables) as services:
        assert services.started[0].detail.endswith(
            f" at {lent.place}, a virtual host for each service"
        )
        url, prefix = namespace_of(services)
        use(url, prefix)
        added = lent.inventory() - before
        assert {f"vhosts {prefix[:-1]}", f"users {prefix[:-1]}"} <= added
        assert not any(name.startswith("queues precious") for name in added)
    assert lent.inventory() == before
    assert services.left_behind == ()


@pytest.mark.parametrize(
    ("user", "more", "reason"),
    [
        ("modest", {}, "and modest is no administrator"),
        ("owner", {"GENERATOR_RABBITMQ_MANAGEMENT_URL": "http://127.0.0.1:1"}, "127.0.0.1:1: Conn"),
    ],
)
def test_where_no_virtual_host_can_be_made_one_line_says_so(
    scratch: Path, lent: Lent, user: str, more: dict[str, str], reason: str
) -> None:
    before = lent.inventory()
    named = {"GENERATOR_RABBITMQ_URL": lent.url(user), **lent.managed, **more}
    with (
        pytest.raises(BackingUnavailableError) as caught,
        opened_rabbitmq(environment(scratch, **named)),
    ):
        pass
    assert "each service needs a virtual host of its own, and" in caught.value.message
    assert reason in caught.value.message
    assert "\n" not in caught.value.message
    assert lent.inventory() == before


def test_a_management_api_of_another_server_is_not_taken_for_this_one_s(
    scratch: Path, lent: Lent
) -> None:
    before = lent.inventory()
    with (
        _other_api() as url,
        pytest.raises(BackingUnavailableError) as caught,
        opened_rabbitmq(
            environment(
                scratch,
                GENERATOR_RABBITMQ_URL=lent.url(),
                GENERATOR_RABBITMQ_MANAGEMENT_URL=url,
            )
        ),
    ):
        pass
    assert f"the management API at {url[7:]} is another server's" in caught.value.message
    assert lent.inventory() == before


@contextmanager
def _other_api() -> Iterator[str]:
    """Says yes to everything, and makes nothing on the server that is meant."""
    body = b'{"tags": ["administrator"]}'
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    with _saying(answer) as url:
        yield url.replace("amqp://", "http://")


def test_loopback_takes_a_user_and_a_password(scratch: Path, lent: Lent) -> None:
    lent.api.put("vhosts", "/", body={})
    lent.api.put("permissions", "/", "owner", body={"configure": ".*", "write": ".*", "read": ".*"})
    variables = environment(scratch, RABBITMQ_USER="owner", RABBITMQ_PASSWORD=PASSWORD)
    variables |= lent.managed | {"RABBITMQ_PORT": str(lent.port)}
    with opened_rabbitmq(variables) as services:
        assert services.started[0].provider == "loopback"
        use(*namespace_of(services))


def test_what_could_not_be_removed_is_told(scratch: Path, lent: Lent) -> None:
    variables = environment(scratch, GENERATOR_RABBITMQ_URL=lent.url(), **lent.managed)
    with opened_rabbitmq(variables) as services:
        _, prefix = namespace_of(services)
        # From now on the user is none, so nothing of it can be taken away.
        lent.api.put("users", "janitor", body={"password": PASSWORD, "tags": "administrator"})
        api = lent.api_of("janitor")
        api.put("users", "owner", body={"password": PASSWORD, "tags": ""})
    api.put("users", "owner", body={"password": PASSWORD, "tags": "administrator"})
    assert [line.partition(" (")[0] for line in services.left_behind] == [
        f"{lent.place}: virtual host {prefix[:-1]}",
        f"{lent.place}: user {prefix[:-1]}",
    ]
    for kind in ("vhosts", "users"):
        api.delete(kind, prefix[:-1])
    lent.api.delete("users", "janitor")


def test_what_services_share_in_an_external_redis_goes_too(
    scratch: Path, lent: Lent, tmp_path: Path
) -> None:
    with redis_lent.lend(program(), tmp_path) as redis, redis_lent.client(redis.url()) as owner:
        owner.set("verify_somebody", "else's")
        variables = environment(
            scratch,
            GENERATOR_RABBITMQ_URL=lent.url(),
            GENERATOR_REDIS_URL=redis.url("modest"),
            **lent.managed,
        )
        with opened(variables, kinds=RABBITMQ | REDIS) as services:
            prefix = services.isolate("media-worker", RABBITMQ | REDIS)["MESSAGING_PREFIX"]
            with redis_lent.client(redis.url("modest")) as service:
                service.set(f"{prefix}task:1", "queued")
        assert redis.keys() == {"verify_somebody"}


def test_the_boot_check_can_cut_a_service_off_and_let_it_in_again(
    scratch: Path, lent: Lent
) -> None:
    variables = environment(scratch, GENERATOR_RABBITMQ_URL=lent.url(), **lent.managed)
    with opened_rabbitmq(variables) as services:
        url, prefix = namespace_of(services)
        with Proxy(url) as proxy:
            use(proxy.url, prefix)
            proxy.cut()
            with pytest.raises(ConnectionRefusedError):
                log_in(ServerUrl.parse(proxy.url, "amqp"))
            proxy.open()
            use(proxy.url, prefix)
