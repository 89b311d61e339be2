"""The server ends with the process that started it, however that ends."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import IO, TYPE_CHECKING

import anyio
import pytest

from shared.testing import supervisor, wait_until
from shared.testing.supervisor import supervise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def parent(monkeypatch: pytest.MonkeyPatch) -> Iterator[IO[bytes]]:
    """Yield the end of the supervisor's stdin that its parent holds."""
    ours, theirs = os.pipe()
    with os.fdopen(ours) as stdin, os.fdopen(theirs, "wb") as held:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield held


@pytest.mark.usefixtures("parent")
def test_a_server_that_ends_by_itself_ends_its_supervisor(tmp_path: Path) -> None:
    assert supervise(tmp_path, ["sh", "-c", "exit 3"]) == 3
    assert tmp_path.exists()


def test_when_the_parent_is_gone_the_server_is_stopped_and_its_folder_removed(
    parent: IO[bytes], tmp_path: Path
) -> None:
    parent.close()

    assert supervise(tmp_path, ["sleep", "600"]) == 0
    assert not tmp_path.exists()


async def test_a_server_that_does_not_listen_is_killed(
    parent: IO[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.1)
    deaf = ["sh", "-c", "trap '' INT; touch deaf; exec sleep 600"]
    supervised = asyncio.ensure_future(asyncio.to_thread(supervise, tmp_path, deaf))
    await wait_until(anyio.Path(tmp_path / "deaf").exists)
    parent.close()

    assert await supervised == 0
