"""Where a running system keeps what it needs, below the workspace's private folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """The folders of a running system; git ignores all of them.

    Attributes:
        folder: where everything is.
        venvs: the virtual environment of a service; None for those of `generator up`.
        caches: where what a service's code is compiled to goes; None for where `up` has it.
    """

    folder: Path
    venvs: Callable[[str], Path] | None = None
    caches: Callable[[str], Path] | None = None

    @classmethod
    def below(cls, private: Path) -> "Places":
        """The places of the workspace with this private folder."""
        return cls(folder=private / "up")

    @property
    def lock(self) -> Path:
        """Held for as long as anything of the system lives."""
        return self.folder / "lock"

    @property
    def record(self) -> Path:
        """What runs, for whoever asks."""
        return self.folder / "state.json"

    @property
    def servers(self) -> Path:
        """The data of the backing services, from run to run."""
        return self.folder / "backing"

    @property
    def volumes(self) -> Path:
        """What is a volume in compose, such as the files of an object store."""
        return self.folder / "volumes"

    @property
    def logs(self) -> Path:
        """What the services have said."""
        return self.folder / "logs"

    @property
    def background_log(self) -> Path:
        """What a system in the background has said of itself."""
        return self.folder / "background.log"

    def venv(self, service: str) -> Path:
        """The virtual environment of a service, apart from that of its verification."""
        return self.venvs(service) if self.venvs else self.folder / "envs" / service

    def cache(self, service: str) -> Path:
        """Where what a service's code is compiled to goes, and its home."""
        return self.caches(service) if self.caches else self.folder / "cache" / service
