"""Makes the workspaces that benchmarks start from, each with the generator itself."""

import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.commands import environment
from tests.support.checkout import make_checkout
from tests.support.cli import Cli

TEMPLATE = "data-postgres"
SERVICE = "users-data"


@dataclass(kw_only=True)
class Ground:
    """A clean checkout of this project, its command line and an empty workspace `shop`.

    Attributes:
        folder: everything is made below it.
    """

    folder: Path
    cli: Cli = field(init=False)
    _copies: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.cli = Cli(
            checkout=make_checkout(self.folder / "generator"),
            environment={"XDG_CACHE_HOME": str(self.folder / "cache")},
        )
        self.cli("init", "shop", cwd=self.folder).ok()

    @property
    def environment(self) -> dict[str, str]:
        """What commands run in: the checkout's generator, its own cache of templates."""
        return environment(
            {"PYTHONPATH": str(self.cli.checkout), "XDG_CACHE_HOME": str(self.folder / "cache")}
        )

    def generator(self, *arguments: str) -> tuple[str, ...]:
        """The words of a command."""
        return (sys.executable, "-m", "generator", *arguments)

    def workspace(self) -> Path:
        """A fresh copy of the workspace without services."""
        copied = self.empty() / "shop"
        shutil.copytree(self.folder / "shop", copied, symlinks=True)
        return copied

    def empty(self) -> Path:
        """A fresh, empty folder."""
        self._copies += 1
        folder = self.folder / "runs" / str(self._copies)
        folder.mkdir(parents=True)
        return folder
