"""A server whose data are kept is the same one in the next run, however the last one ended."""

import json
import os
import shutil
import signal
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from valkey.exceptions import ValkeyError

from generator.backing import BackingKind, BackingUnavailableError, Request, begin_backing
from tests.backing.machine import (
    INSTALLED,
    POSTGRES,
    environment,
    line_of,
    open_folder,
    processes,
    psql,
    running_python,
    wait_until,
)
from tests.backing.rabbitmq.machine import client as rabbitmq_client
from tests.backing.redis.lent import client as redis_client

if TYPE_CHECKING:
    import subprocess

HOLD = """
import os, sys
from pathlib import Path
from generator.backing import BackingKind, Request, begin_backing
kind = BackingKind(os.environ["KIND"])
folder = Path(os.environ["KEPT"])
with begin_backing({kind}, Request(environment=os.environ, folder=folder)) as services:
    print(services.wait_for(kind).detail, flush=True)
    for value in services.isolate("users-data", {kind}).values():
        print(value, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def kept() -> Iterator[Path]:
    """Where data are kept, in a folder that the server's user may enter."""
    folder = open_folder()
    yield folder
    wait_until(lambda: not processes(str(folder)))
    shutil.rmtree(folder)


@contextmanager
def held(scratch: Path, kept: Path, kind: BackingKind) -> Iterator[tuple[str, str]]:
    """A run on kept data in a process of its own; the URL of a service and the detail line."""
    variables = environment(scratch, KIND=kind, KEPT=str(kept), PATH=os.environ["PATH"])
    with running_python(HOLD, variables) as holder:
        detail, url = line_of(holder), line_of(holder)
        yield url, detail
        _kill_all(holder, kept)


def _kill_all(holder: "subprocess.Popen[str]", kept: Path) -> None:
    """Kill the run, its supervisor, its guard and its server: nobody can clean up."""
    supervisors = processes("backing.supervisor", parent=holder.pid)
    servers = [pid for parent in supervisors for pid in processes("", parent=parent)]
    for pid in (holder.pid, *supervisors, *processes(str(kept)), *servers):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not processes(str(kept)))


@contextmanager
def opened(scratch: Path, kept: Path, **more: str) -> Iterator[str]:
    """A run of this process on kept data; the URL of a service."""
    request = Request(environment=environment(scratch, **more), places=INSTALLED, folder=kept)
    with begin_backing(POSTGRES, request) as services:
        yield services.isolate("users-data", POSTGRES)["DATABASE_URL"]


def test_postgres_has_its_data_after_everything_was_killed(scratch: Path, kept: Path) -> None:
    with held(scratch, kept, BackingKind.POSTGRES) as (first, _):
        assert urlsplit(first).path == "/users_data"
        psql(first, "CREATE TABLE facts AS SELECT 'kept' AS fact")
        assert psql(first, "SHOW fsync") == "on"
        assert psql(first, "SHOW full_page_writes") == "on"
    with held(scratch, kept, BackingKind.POSTGRES) as (second, _):
        assert second == first
        assert psql(second, "SELECT fact FROM facts") == "kept"


def test_redis_has_its_data_after_everything_was_killed(scratch: Path, kept: Path) -> None:
    with held(scratch, kept, BackingKind.REDIS) as (first, _), redis_client(first) as redis:
        redis.set("users-data:fact", "kept")
    with held(scratch, kept, BackingKind.REDIS) as (second, _), redis_client(second) as redis:
        assert second == first
        assert redis.get("users-data:fact") == b"kept"


@pytest.mark.skipif(not shutil.which("rabbitmq-server"), reason="RabbitMQ is not installed")
def test_rabbitmq_has_its_data_after_everything_was_killed(scratch: Path, kept: Path) -> None:
    async def send(channel: AbstractChannel) -> None:
        await channel.declare_queue("facts", durable=True)
        lasting = aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(lasting, "facts")

    async def receive(channel: AbstractChannel) -> bytes:
        queue = await channel.get_queue("facts")
        message = await queue.get(timeout=10)
        assert message is not None
        await message.ack()
        return message.body

    with held(scratch, kept, BackingKind.RABBITMQ) as (first, _):
        rabbitmq_client(first, send)
    with held(scratch, kept, BackingKind.RABBITMQ) as (second, _):
        assert second == first
        assert rabbitmq_client(second, receive) == b"kept"


def test_a_second_start_on_the_same_data_is_refused_and_the_first_goes_on(
    scratch: Path, kept: Path
) -> None:
    with opened(scratch, kept) as url:
        with pytest.raises(BackingUnavailableError) as caught, opened(scratch, kept):
            pass
        [supervisor] = processes("backing.supervisor", parent=os.getpid())
        assert caught.value.message == (
            f"PostgreSQL cannot be used: {kept}/postgres is in use by process {supervisor}"
        )
        assert caught.value.hint == "End that one first."
        assert psql(url, "SELECT 1") == "1"


def test_data_of_another_version_are_named_and_not_touched(scratch: Path, kept: Path) -> None:
    with opened(scratch, kept):
        pass
    version = kept / "postgres/data/PG_VERSION"
    major = version.read_text()
    version.write_text("12\n")
    with pytest.raises(BackingUnavailableError) as caught, opened(scratch, kept):
        pass
    line = next(line for line in caught.value.hint.splitlines() if "installed" in line)
    assert f"{kept}/postgres holds data of PostgreSQL 12, and " in line
    version.write_text(major)
    with opened(scratch, kept) as url:
        assert psql(url, "SELECT 1") == "1"


def test_a_port_that_somebody_else_has_meanwhile_is_replaced_for_good(
    scratch: Path, kept: Path
) -> None:
    with opened(scratch, kept) as url:
        port = urlsplit(url).port or 0
        psql(url, "CREATE TABLE facts (fact text)")
    with socket.create_server(("127.0.0.1", port)), opened(scratch, kept) as url:
        another = urlsplit(url).port
        assert another != port
        psql(url, "SELECT * FROM facts")
    with opened(scratch, kept) as url:
        assert urlsplit(url).port == another


def test_what_an_interrupted_start_has_begun_is_made_anew(scratch: Path, kept: Path) -> None:
    (kept / "postgres/data.new").mkdir(parents=True)
    (kept / "postgres/data.new/half").write_text("made")
    with opened(scratch, kept) as url:
        assert psql(url, "SELECT 1") == "1"
    assert not (kept / "postgres/data.new").exists()


def test_only_own_servers_keep_data_and_nobody_else_reads_how_to_get_in(
    scratch: Path, kept: Path
) -> None:
    with opened(scratch, kept, GENERATOR_POSTGRES_URL="postgresql://127.0.0.1:1/x") as url:
        password = urlsplit(url).password or ""
    record = kept / "postgres/record.json"
    assert json.loads(record.read_text())["password of users_data"] == password
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert stat.S_IMODE(record.parent.stat().st_mode) == 0o700


def test_a_record_that_cannot_be_read_is_told_and_kept(scratch: Path, kept: Path) -> None:
    with opened(scratch, kept):
        pass
    record = kept / "postgres/record.json"
    record.write_text("{half")
    with pytest.raises(BackingUnavailableError) as caught, opened(scratch, kept):
        pass
    assert f"{record} cannot be read" in caught.value.hint
    assert record.read_text() == "{half"


@pytest.mark.parametrize("kind", [BackingKind.POSTGRES, BackingKind.REDIS])
def test_a_server_that_is_killed_is_started_again_on_its_port_and_its_data(
    scratch: Path, kept: Path, kind: BackingKind
) -> None:
    def count_once_more(url: str) -> int:
        if kind is BackingKind.POSTGRES:
            psql(url, "CREATE TABLE IF NOT EXISTS facts (fact text)")
            psql(url, "INSERT INTO facts VALUES ('kept')")
            return int(psql(url, "SELECT count(*) FROM facts"))
        with redis_client(url) as redis:
            return int(redis.incr("users-data:facts"))

    variables = environment(scratch, KIND=kind, KEPT=str(kept), PATH=os.environ["PATH"])
    with running_python(HOLD, variables) as holder:
        _, url = line_of(holder), line_of(holder)
        assert count_once_more(url) == 1
        # What Redis writes reaches the disk within a second.
        found = kept / "redis" / "appendonlydir"
        wait_until(
            lambda: (
                kind is BackingKind.POSTGRES
                or any(b"facts" in path.read_bytes() for path in found.glob("*.aof"))
            )
        )
        server = _server(kept, kind)
        os.kill(server, signal.SIGKILL)
        wait_until(lambda: _server(kept, kind) not in {0, server})
        wait_until(lambda: _answers(url, kind))
        assert count_once_more(url) == 2


@pytest.mark.parametrize("kind", [BackingKind.POSTGRES, BackingKind.REDIS])
def test_a_server_of_one_run_survives_kills_with_its_data_and_is_gone_with_the_run(
    scratch: Path, kind: BackingKind
) -> None:
    request = Request(environment=environment(scratch, PATH=os.environ["PATH"]), durable=True)
    with begin_backing({kind}, request) as services:
        variables = services.isolate("users-data", {kind})
        url = variables.get("DATABASE_URL") or variables["REDIS_URL"]
        if kind is BackingKind.POSTGRES:
            psql(url, "CREATE TABLE facts AS SELECT 'kept' AS fact")
        else:
            with redis_client(url) as redis:
                redis.set("users-data:fact", "kept")
        services.kill(kind)
        wait_until(lambda: services.is_answering(kind))
        if kind is BackingKind.POSTGRES:
            assert psql(url, "SELECT fact FROM facts") == "kept"
        else:
            with redis_client(url) as redis:
                assert redis.get("users-data:fact") == b"kept"


def _server(kept: Path, kind: BackingKind) -> int:
    """The process of the server; 0 when there is none."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words, name = path.read_bytes(), path.with_name("comm").read_text().strip()
        except OSError:
            continue
        if f"{kept}/{kind}".encode() in words and name in {"postgres", "redis-server"}:
            return int(path.parent.name)
    return 0


def _answers(url: str, kind: BackingKind) -> bool:
    try:
        if kind is BackingKind.POSTGRES:
            return psql(url, "SELECT 1") == "1"
        with redis_client(url) as redis:
            return bool(redis.ping())
    except (AssertionError, ValkeyError):
        return False
