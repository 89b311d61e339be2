"""A server that does not start says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.testing.ports import free_port
from shared.testing.servers import ServerError, started

if TYPE_CHECKING:
    from pathlib import Path


def test_a_server_that_hangs_is_given_up_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("shared.testing.servers.START_SECONDS", 0.3)
    ports: list[int] = []

    def command(port: int) -> list[str]:
        ports.append(port)
        return ["sh", "-c", "echo busy; exec sleep 600"]

    with pytest.raises(ServerError, match="did not start:\nbusy"):
        started(tmp_path, command, lambda: False, port=(given := free_port()))
    assert ports == [given]
