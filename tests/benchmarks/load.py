"""Sends requests over some keep-alive connections, in a process of its own.

`python -m tests.benchmarks.load` reads an `Order` as one JSON line, says `ready`, waits for `go`
and answers with a `Tally` as JSON. Each connection sends its next request when it has the answer to
the last: the figures are those of a fixed number of callers, not of a fixed rate.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count, cycle
from typing import cast

import uvloop

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What to send.

    Attributes:
        port: where, on loopback.
        connections: how many at the same time.
        seconds: for how long.
        texts: whole requests to send in turn; none means that users are created.
        key: the API key to create them with.
        mark: what makes the names of those this process creates its own.
    """

    port: int
    connections: int
    seconds: float
    texts: Sequence[str] = ()
    key: str = ""
    mark: str = ""


@dataclass(kw_only=True)
class Tally:
    """What came back: each request's seconds, how long it all took and how busy this process was.

    Attributes:
        refused: the status of answers other than 2xx.
    """

    latencies: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    seconds: float = 0.0
    busy: float = 0.0


class _Caller(asyncio.Protocol):
    def __init__(self, make: Callable[[], bytes], tally: Tally, deadline: float) -> None:
        self._make, self._tally, self._deadline = make, tally, deadline
        self._received = b""
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not `isinstance`: uvloop's transports are none of asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(_END_OF_HEAD)
        if not found or len(body) < _content_length(head):
            return
        now = time.perf_counter()
        self._tally.latencies.append(now - self._sent)
        if not head.startswith(b"HTTP/1.1 2"):
            self._tally.refused.append(int(head.split(b" ", 2)[1]))
        self._received = b""
        if now < self._deadline:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc or time.perf_counter() < self._deadline:
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))
        else:
            self.done.set_result(None)

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._make())


def _content_length(head: bytes) -> int:
    lower = head.lower()
    start = lower.index(_LENGTH) + len(_LENGTH)
    return int(lower[start:].split(b"\r\n", 1)[0])


def requests(order: Order) -> Callable[[], bytes]:
    """What gives the bytes of the next request."""
    if order.texts:
        return cycle([text.encode() for text in order.texts]).__next__
    numbers = count()

    def create() -> bytes:
        name = f"{order.mark}-{next(numbers)}"
        user = {"name": name, "email": f"{name}@example.org"}
        return request("POST", "/api/v1/users", {"X-API-Key": order.key}, user).encode()

    return create


def request(
    method: str, path: str, headers: Mapping[str, str], body: Mapping[str, str] | None = None
) -> str:
    """A whole request; the body as JSON."""
    text = "" if body is None else json.dumps(body)
    every = {"Host": "127.0.0.1", **headers}
    if body is not None:
        every |= {"Content-Type": "application/json", "Content-Length": str(len(text))}
    head = "".join(f"{name}: {value}\r\n" for name, value in every.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n{text}"


async def send(order: Order) -> Tally:
    """Send until the time is over, and let every request in flight end."""
    tally, make = Tally(), requests(order)
    loop = asyncio.get_running_loop()
    started, used = time.perf_counter(), time.process_time()
    callers = [
        (
            await loop.create_connection(
                lambda: _Caller(make, tally, started + order.seconds), "127.0.0.1", order.port
            )
        )[1]
        for _ in range(order.connections)
    ]
    await asyncio.gather(*(caller.done for caller in callers))
    tally.seconds = time.perf_counter() - started
    tally.busy = (time.process_time() - used) / tally.seconds
    return tally


def main() -> None:
    """Take one order and carry it out."""
    order = Order(**json.loads(sys.stdin.readline()))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(json.dumps(asdict(uvloop.run(send(order)))))


if __name__ == "__main__":
    main()
