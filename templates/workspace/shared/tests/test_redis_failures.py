"""A Redis for tests that cannot be started says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.testing.redis import RedisError, own_redis
from shared.testing.servers import ServerError

if TYPE_CHECKING:
    from pathlib import Path


def test_without_a_server_the_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(RedisError, match="apt-get install"), own_redis():
        pass


def test_a_server_that_does_not_start_shows_its_own_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\necho no memory; exit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    with pytest.raises(ServerError, match="did not start:\nno memory"), own_redis():
        pass
