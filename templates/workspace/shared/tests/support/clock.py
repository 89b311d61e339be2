"""A clock that a test turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.http import directory, instances

if TYPE_CHECKING:
    import pytest


class Clock:
    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        for module in (instances, directory):
            patch.setattr(module, "monotonic", lambda: self.now)
