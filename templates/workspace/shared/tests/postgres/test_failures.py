"""A server that cannot be started says why."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from shared.testing.postgres import (
    PostgresError,
    own_server,
)
from shared.testing.postgres.cluster import cluster_folder, initialise
from shared.testing.servers import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield the first folder on PATH; everybody may enter it, unlike pytest's own."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        yield Path(folder)


def write(program: Path, script: str, mode: int = 0o755) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(mode)


@pytest.mark.parametrize(
    ("initdb", "postgres", "error"),
    [
        ("echo no space; exit 1", "", "initdb failed:\nno space"),
        ("", "echo bad option; exit 1", "did not start:\nbad option"),
    ],
)
def test_a_server_that_does_not_start_shows_its_own_words(
    programs: Path, initdb: str, postgres: str, error: str
) -> None:
    write(programs / "initdb", initdb)
    write(programs / "postgres", postgres)

    with pytest.raises(ServerError, match=error), own_server():
        pass


def test_binaries_that_the_server_may_not_run_are_named(programs: Path) -> None:
    write(programs / "initdb", "", mode=0o644)

    with (
        cluster_folder() as folder,
        pytest.raises(PostgresError, match="initdb may not be run by the user who owns"),
    ):
        initialise(programs, folder)
