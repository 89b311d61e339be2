"""What a PostgreSQL server that was killed leaves: a file with its number, and shared memory."""

import ctypes
import time
from pathlib import Path

_IPC_RMID = 0
_SECONDS = 15.0
_PROCESSES = Path("/proc")
_SEGMENTS = _PROCESSES / "sysvipc/shm"


def free_shared_memory(record: Path) -> None:
    """Remove the System V segment of a server that has ended; `record` has its number."""
    known = _read(record)
    if known is None:
        return
    _, key, ident = known
    system = ctypes.CDLL(None)
    if system.shmget(key, 0, 0) == ident:
        system.shmctl(ident, _IPC_RMID, None)


def forget_dead_server(data: Path) -> None:
    """Remove the file with the number of a server that was killed, once none of its children lives.

    PostgreSQL does so itself, but for a number that still names somebody: a process that nobody has
    waited for, as in a container without init, or a stranger. While a child may still write,
    this waits, and at last leaves the decision to PostgreSQL.
    """
    record = data / "postmaster.pid"
    deadline = time.monotonic() + _SECONDS
    while _SEGMENTS.exists() and time.monotonic() < deadline:
        known = _read(record)
        if known is None or _is_running(known[0], data):
            return
        if not _is_attached(known[2]):
            record.unlink(missing_ok=True)
            return
        time.sleep(0.05)


def _read(record: Path) -> tuple[int, int, int] | None:
    """The number of the server, and the key and the number of its shared memory."""
    try:
        lines = record.read_text().splitlines()
        key, ident = (int(number) for number in lines[6].split())
        return int(lines[0]), key, ident
    except (OSError, ValueError, IndexError):
        return None


def _is_running(pid: int, data: Path) -> bool:
    try:
        words = (_PROCESSES / str(pid) / "cmdline").read_bytes()
    except OSError:
        return False
    # The dead have no words.
    return str(data).encode() in words


def _is_attached(ident: int) -> bool:
    header, *segments = (line.split() for line in _SEGMENTS.read_text().splitlines())
    number, attached = header.index("shmid"), header.index("nattch")
    return any(int(one[number]) == ident and int(one[attached]) > 0 for one in segments)
