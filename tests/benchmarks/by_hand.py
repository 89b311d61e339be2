"""Starts the processes of a running system again, as a person's script would without `up`."""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import psutil

from generator.running import Record

_PAUSE_SECONDS = 0.02
_PATIENCE_SECONDS = 120.0
# What the processes of servers are called.
_SERVERS = ("postgres", "redis-server", "beam.smp")


@dataclass(frozen=True, kw_only=True)
class Launched:
    """How a process was started, and what tells that it is ready.

    Attributes:
        ports: on how many it listens when it is ready; RabbitMQ takes one at random each time.
        url: what answers 200 when it is ready; empty for a server.
    """

    words: Sequence[str]
    folder: str
    environment: dict[str, str]
    user: int
    group: int
    ports: int
    url: str = ""

    @classmethod
    def like(cls, process: psutil.Process, url: str = "") -> "Launched":
        """As that one, which runs and is ready."""
        return cls(
            words=process.cmdline(),
            folder=process.cwd(),
            environment=process.environ(),
            user=process.uids().real,
            group=process.gids().real,
            ports=0 if url else len(_ports(process)),
            url=url,
        )

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start it."""
        return subprocess.Popen(
            [*self.words, *arguments], cwd=self.folder, env=self.environment,
            user=self.user, group=self.group, extra_groups=[] if self.user else None,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


def launched(record: Record) -> tuple[list[Launched], list[Launched]]:
    """How the servers and the services of a running system were started, in the record's order.

    What plays a service of somebody else's is a server too: on the port that the services know.
    """
    played = {_port(url) for url in record.fakes.values()}
    servers = []
    for one in psutil.Process(record.pid).children(recursive=True):
        if known := played & _ports(one):
            like = Launched.like(one)
            servers.append(replace(like, words=[*like.words, "--port", str(known.pop())]))
        elif _is_server(one):
            servers.append(Launched.like(one))
    services = [
        Launched.like(psutil.Process(one.pid), f"{one.url}/ready")
        for one in record.services
        if one.pid
    ]
    return servers, services


def _is_server(process: psutil.Process) -> bool:
    parent = process.parent()
    return process.name() in _SERVERS and (parent is None or parent.name() != process.name())


@contextmanager
def started_by_hand(
    servers: Sequence[Launched], services: Sequence[Launched], prepare: str
) -> Iterator[None]:
    """All of it runs and is ready, in the order of `up`: servers, the first service, the others.

    Args:
        servers: started at once.
        services: the first one is called by all others.
        prepare: what the first one is run with before it starts.
    """
    running: list[subprocess.Popen[bytes]] = []
    first, *others = services
    try:
        for step in (servers, [first], others):
            if step == [first]:
                code = first.start(prepare).wait(_PATIENCE_SECONDS)
                assert code == 0, f"{prepare}: exit {code}"
            begun = [one.start() for one in step]
            running += begun
            for one, process in zip(step, begun, strict=True):
                _wait(one, process)
        yield
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(_PATIENCE_SECONDS)


def _wait(one: Launched, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    is_ready: Callable[[], bool] = (
        (lambda: _answers(one.url)) if one.url else lambda: _listens(process.pid, one.ports)
    )
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"{one.words[0]} did not start by hand (exit {process.returncode}).")
        time.sleep(_PAUSE_SECONDS)


def _listens(pid: int, ports: int) -> bool:
    with suppress(psutil.Error):
        return len(_ports(psutil.Process(pid))) >= ports
    return False


def _ports(process: psutil.Process) -> set[int]:
    every = process.net_connections("inet")
    return {one.laddr.port for one in every if one.status == psutil.CONN_LISTEN}


def _port(url: str) -> int:
    return urlsplit(url).port or 0


def _answers(url: str) -> bool:
    address = urlsplit(url)
    connection = HTTPConnection(address.netloc, timeout=5)
    try:
        connection.request("GET", address.path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
