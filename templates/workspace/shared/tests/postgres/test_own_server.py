"""A test run gets a server of its own, and nothing of it stays."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import anyio
import pytest

from shared.testing import wait_until
from shared.testing.postgres import PostgresError, database_server, find_binaries

HOLD = """
import sys
from shared.testing.postgres import own_server
with own_server() as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def programs() -> None:
    """Skip where PostgreSQL is not installed: there is no server to start."""
    try:
        find_binaries()
    except PostgresError as error:
        pytest.skip(str(error).splitlines()[0])


def query(url: str, text: str) -> str:
    command = [str(find_binaries() / "psql"), url, "--no-psqlrc", "-qtAc", text]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    return (done.stdout + done.stderr).strip()


@pytest.mark.usefixtures("programs")
def test_an_own_server_lets_its_user_make_databases_and_is_gone_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGDATA", "/nowhere")

    with database_server() as url:
        assert query(url, "CREATE DATABASE made") == ""
        assert query(url.removesuffix("postgres") + "made", "SELECT 1") == "1"
        assert "password" in query(url.replace("postgres:", "postgres:x"), "SELECT 1")
        folder = Path(query(url, "SHOW data_directory")).parent
        assert folder.exists()

    assert "refused" in query(url, "SELECT 1")
    assert not folder.exists()


@pytest.mark.usefixtures("programs")
async def test_a_killed_test_run_leaves_no_server_and_no_folder() -> None:
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLD), stdin=PIPE, stdout=PIPE
    )
    assert holder.stdout is not None
    url = (await holder.stdout.readline()).decode().strip()
    folder = anyio.Path(query(url, "SHOW data_directory")).parent
    assert await folder.exists()
    holder.kill()
    await holder.wait()

    async def gone() -> bool:
        return not await folder.exists()

    await wait_until(gone, what="removing the folder")
    assert "refused" in query(url, "SELECT 1")


def test_a_given_url_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/empty")

    with database_server() as url:
        assert url == "postgresql://elsewhere/empty"
