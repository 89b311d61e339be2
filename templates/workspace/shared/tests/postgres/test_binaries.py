"""PostgreSQL's programs are found where they are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.testing.postgres import (
    PostgresError,
    find_binaries,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_without_a_server_the_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(PostgresError, match="apt-get install"):
        find_binaries((f"{tmp_path}/*/bin",))


def test_the_newest_of_several_servers_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for version in ("9", "17", "16"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        (folder / "postgres").touch()

    assert find_binaries((f"{tmp_path}/*/bin",)) == tmp_path / "17" / "bin"
