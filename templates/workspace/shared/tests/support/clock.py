"""A clock that a test turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.http import balancing

if TYPE_CHECKING:
    import pytest


class Clock:
    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        patch.setattr(balancing, "monotonic", lambda: self.now)
