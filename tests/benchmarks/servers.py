"""Starts a server to be measured, and reads what the system says its process used."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

_START_SECONDS = 30.0
_PAUSE_SECONDS = 0.01
_TICKS = os.sysconf("SC_CLK_TCK")
_MEBIBYTE = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A running server.

    Attributes:
        name: for people.
        port: where it listens, on loopback.
        pid: its one process.
    """

    name: str
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """What it has used of processors so far."""
        # The second field is the program's name, which may hold spaces and ends with a bracket.
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / _TICKS

    def memory(self) -> float:
        """What it holds in memory, in MiB."""
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / _MEBIBYTE
        raise SystemExit(f"{self.name} has ended.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """How to start a server; its log goes to a file in `folder`, as a container's would.

    Attributes:
        ready: what answers 200 as soon as it serves.
    """

    name: str
    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    port: int
    ready: str = "/openapi.json"


@contextmanager
def running(start: Start) -> Iterator[Server]:
    """Start it, wait until it answers, and end it with SIGTERM."""
    if not Path("/proc/self/stat").is_file():
        raise SystemExit("This benchmark reads /proc: it needs Linux.")
    log = start.folder / f"{start.name.replace(' ', '-')}.log"
    with (
        log.open("wb") as stream,
        subprocess.Popen(
            start.words, cwd=start.folder, env=start.environment, stdout=stream, stderr=stream
        ) as process,
    ):
        try:
            _wait(start, process, log)
            yield Server(name=start.name, port=start.port, pid=process.pid)
        finally:
            process.terminate()


def _wait(start: Start, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(start):
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise SystemExit(f"{start.name} did not start:\n{said}")
        time.sleep(_PAUSE_SECONDS)


def _answers(start: Start) -> bool:
    connection = HTTPConnection("127.0.0.1", start.port, timeout=1)
    try:
        connection.request("GET", start.ready)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
