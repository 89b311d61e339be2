"""A Redis for tests asks for its password and is gone with them."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from shared.testing.redis import redis_server


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
