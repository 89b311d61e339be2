"""Remembers what runs make on servers and in engines that outlive them, until it is gone again."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import platformdirs

from generator.backing.cleanup import Cleanup

DOCKER = "docker"


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """What one run made in one place.

    Attributes:
        run: what tells this run from all others.
        kind: the kind of server, or `docker`.
        place: host and port, or the container's name; never holds a password.
    """

    run: str
    kind: str
    place: str

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """What a record says; None for one that cannot be read."""
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{name: str(value) for name, value in fields.items()})
        except (OSError, ValueError, TypeError, AttributeError):
            return None

    @property
    def path(self) -> Path:
        """Where it is remembered."""
        return _folder() / f"{self.run}-{self.kind}.json"

    def remember(self, cleanup: Cleanup) -> None:
        """Write it down, for whoever comes after a run that could not clean up.

        The record is locked while this process lives, and forgotten at the end of a clean-up that
        left nothing behind. Where it cannot be written the run goes on: it is a second chance.

        Args:
            cleanup: what is registered with it afterwards removes what is remembered.
        """
        with suppress(OSError), cleanup.making() as stack:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            record = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            fcntl.flock(record, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.write(record, json.dumps(asdict(self)).encode())
            stack.callback(self._end, record, cleanup)

    def forget(self) -> None:
        """Remember it no longer."""
        self.path.unlink(missing_ok=True)

    def _end(self, record: int, cleanup: Cleanup) -> None:
        if not cleanup.left_behind:
            self.forget()
        os.close(record)


def runs_that_ended() -> Iterator[Run]:
    """What runs that have ended left behind on this account, as far as it is remembered."""
    for path in sorted(_folder().glob("*.json")):
        run = None if _is_locked(path) else Run.read(path)
        if run is not None:
            yield run


def _is_locked(path: Path) -> bool:
    try:
        record = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return True
    try:
        fcntl.flock(record, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(record)
    return False


def _folder() -> Path:
    return platformdirs.user_state_path("generator") / "runs"
