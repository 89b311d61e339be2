"""Where a run keeps what it makes: shared between runs where that is safe, else its own."""

import shutil
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from generator.files import exclusive, try_exclusive

if TYPE_CHECKING:
    from collections.abc import Callable

_RUN_PREFIX = "run-"
# In a run's folder while it lives: held by it, so that the next run knows what a kill left behind.
_ALIVE = "alive"


class Scratch:
    """The places of one run below the workspace's private folder.

    Virtual environments and tools' caches outlive a run. One run at a time has those of a subject;
    another one that verifies the same subject meanwhile makes its own, and removes them at its end.
    What a check writes down for another one is always the run's own. Any thread may ask.

    Args:
        private: the workspace's private folder.
    """

    def __init__(self, private: Path) -> None:
        self._private = private
        self._claiming = threading.Lock()
        self._claimed: dict[str, bool] = {}
        self._releases: list[Callable[[], None]] = []
        self._folder = private

    def __enter__(self) -> Self:
        with exclusive(self._private / "runs.lock", on_wait=lambda _: None):
            self._sweep()
            self._folder = Path(tempfile.mkdtemp(prefix=_RUN_PREFIX, dir=self._private))
            self._hold(self._folder / _ALIVE)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        for release in self._releases:
            release()

    def of_run(self, subject: str) -> Path:
        """A folder of this run alone for what its checks write down; made when missing."""
        folder = self._folder / "subjects" / subject
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def venv(self, subject: str) -> Path:
        """The subject's virtual environment."""
        return self._place(subject) / "envs" / subject

    def cache(self, subject: str) -> Path:
        """Where tools put the subject's caches, so that verifying leaves its tree as it was."""
        return self._place(subject) / "cache" / subject

    def _place(self, subject: str) -> Path:
        with self._claiming:
            if subject not in self._claimed:
                self._claimed[subject] = self._hold(self._private / "envs" / f".{subject}.lock")
            return self._private if self._claimed[subject] else self._folder

    def _hold(self, lock: Path) -> bool:
        release = try_exclusive(lock)
        if release:
            self._releases.append(release)
        return release is not None

    def _sweep(self) -> None:
        """Remove what killed runs left."""
        for folder in self._private.glob(f"{_RUN_PREFIX}*"):
            with suppress(OSError):
                if release := try_exclusive(folder / _ALIVE):
                    shutil.rmtree(folder, ignore_errors=True)
                    release()
