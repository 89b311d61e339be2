"""Holds requests up until a test lets them go."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Gate:
    """A file that holds requests up until it is there."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "gate"

    def __str__(self) -> str:
        return str(self.path)

    def open(self) -> None:
        self.path.touch()
