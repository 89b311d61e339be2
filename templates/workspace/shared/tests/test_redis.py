"""A Redis for tests asks for its password and is gone with them."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from shared.testing.redis import RedisError, own_redis, redis_server
from shared.testing.servers import ServerError

if TYPE_CHECKING:
    from pathlib import Path


def told(url: str, *commands: str) -> str:
    """Send commands and return the answers, as the protocol has them."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall("".join(f"{each}\r\n" for each in (*commands, "QUIT")).encode())
        with connection.makefile() as answers:
            return answers.read()


def test_an_own_server_asks_for_its_password_and_is_gone_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)

    with redis_server() as url:
        assert told(url, f"AUTH {urlsplit(url).password}", "PING") == "+OK\n+PONG\n+OK\n"
        assert "NOAUTH" in told(url, "PING")

    with pytest.raises(ConnectionRefusedError):
        told(url, "PING")


def test_a_given_url_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/1")

    with redis_server() as url:
        assert url == "redis://elsewhere/1"


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
