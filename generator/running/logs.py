"""Keeps what each service says in a file of its own, and reads the files as one again."""

import heapq
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from generator.processes import OnLines

# A service that floods its log has twice this on the disk, and takes no room from the others.
MOST_BYTES = 16 * 1024 * 1024
_LOOK_SECONDS = 0.2
_LINE = re.compile(r"(?P<moment>\d{4}-\d\d-\d\dT[\d:.]+Z) (?P<text>.*)")
# Called with a service, the moment and its lines; from a thread of the service's own.
Listener: TypeAlias = Callable[[str, str, Sequence[str]], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLine:
    """One line: when it came, whose it is, and what it says."""

    moment: str
    service: str
    text: str

    def names(self, request_id: str) -> bool:
        """Whether it names this request."""
        if request_id not in self.text:
            return False
        return bool(re.search(rf"(?<![\w-]){re.escape(request_id)}(?![\w-])", self.text))


class LogBook:
    """The logs of one run; each service's former log is kept once.

    Args:
        folder: where they are.
        listen: hears every line as well.
        complain: hears that a file cannot be written; the services go on.
        most_bytes: how large one file may grow before it becomes the former one.
    """

    def __init__(
        self,
        folder: Path,
        listen: Listener,
        *,
        complain: Callable[[str], None],
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._folder = folder
        self._listen = listen
        self._complain = complain
        self._most = most_bytes

    def writer(self, service: str) -> OnLines:
        """What takes the lines of a service; its former log is put aside."""
        path = self._folder / f"{service}.log"
        file = _RotatingFile(path, self._most)

        def write(lines: Sequence[str]) -> None:
            moment = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
            try:
                # One join: a loop over the lines would cost more than all the rest.
                between = f"\n{moment} "
                file.write(f"{moment} {between.join(lines)}\n".encode())
            except OSError as error:
                self._complain(f"{path} cannot be written: {error.strerror}")
            self._listen(service, moment, lines)

        return write


class _RotatingFile:
    """A file that is begun anew when it is full; one thread at a time writes to it."""

    def __init__(self, path: Path, most: int) -> None:
        self._path = path
        self._most = most
        self._lock = threading.Lock()
        self._handle = -1
        self._size = 0

    def write(self, block: bytes) -> None:
        with self._lock:
            if self._handle < 0 or self._size + len(block) > self._most:
                self._begin()
            os.write(self._handle, block)
            self._size += len(block)

    def _begin(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            self._path.replace(_former(self._path))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        # Whatever a service says of people is for nobody else on the machine.
        self._handle = os.open(self._path, flags, 0o600)
        self._size = 0


def read_logs(folder: Path, services: Sequence[str]) -> Iterator[LogLine]:
    """What services have said, in the order in which it came."""
    return heapq.merge(*(_lines_of(folder, service) for service in services), key=_moment)


def follow_logs(
    folder: Path, services: Sequence[str], goes_on: Callable[[], bool]
) -> Iterator[Sequence[LogLine]]:
    """What services have said, all at once, and then what they say, as it comes.

    Args:
        folder: where the logs are.
        services: whose.
        goes_on: whether anything may still be said.
    """
    tails = [_Tail(folder / f"{service}.log", service) for service in services]
    ended = False
    while not ended:
        # Asked before the last look, so that nothing said before the end is missed.
        ended = not goes_on()
        found = sorted((line for tail in tails for line in tail.read()), key=_moment)
        yield found
        if not found and not ended:
            time.sleep(_LOOK_SECONDS)


def _moment(line: LogLine) -> str:
    return line.moment


class _Tail:
    """A log as it grows, also after it was begun anew."""

    def __init__(self, path: Path, service: str) -> None:
        self._path = path
        self._service = service
        self._begun = b""
        self._handle = self._open()

    def read(self) -> list[LogLine]:
        """The lines that were added since it was asked last."""
        block = self._rest()
        if self._is_former():
            block += self._rest()
            self._close()
        if self._handle < 0:
            self._handle = self._open()
            block += self._rest()
        *lines, self._begun = (self._begun + block).split(b"\n")
        return [line for raw in lines if (line := _parse(raw, self._service))]

    def _rest(self) -> bytes:
        blocks = []
        while self._handle >= 0 and (block := os.read(self._handle, 1 << 20)):
            blocks.append(block)
        return b"".join(blocks)

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return -1

    def _close(self) -> None:
        os.close(self._handle)
        self._handle = -1

    def _is_former(self) -> bool:
        if self._handle < 0:
            return False
        try:
            return not os.path.samestat(os.fstat(self._handle), self._path.stat())
        except FileNotFoundError:
            return True


def _lines_of(folder: Path, service: str) -> Iterator[LogLine]:
    path = folder / f"{service}.log"
    for one in (_former(path), path):
        with suppress(FileNotFoundError), one.open("rb") as stream:
            for raw in stream:
                if line := _parse(raw, service):
                    yield line


def _parse(raw: bytes, service: str) -> LogLine | None:
    found = _LINE.match(raw.decode(errors="replace").rstrip("\n"))
    return LogLine(moment=found["moment"], service=service, text=found["text"]) if found else None


def _former(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")
