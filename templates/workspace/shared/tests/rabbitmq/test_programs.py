"""RabbitMQ's programs are found where they are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.testing.rabbitmq import RabbitError, find_programs

if TYPE_CHECKING:
    from pathlib import Path


def test_a_wrapper_is_not_taken_for_the_broker(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrapper, real = tmp_path / "sbin", tmp_path / "lib" / "bin"
    for folder in (wrapper, real):
        folder.mkdir(parents=True)
        for name in ("rabbitmq-server", "erl", "epmd"):
            (folder / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(wrapper))
    patterns = (f"{tmp_path}/*/bin",)

    with pytest.raises(RabbitError, match="apt-get install"):
        find_programs(patterns)
    (real / "rabbitmq-env").touch()
    assert find_programs(patterns).server == real / "rabbitmq-server"
    assert find_programs(patterns).epmd == wrapper / "epmd"

    (wrapper / "epmd").unlink()
    (real / "erl").rename(real / "real-erl")
    (wrapper / "erl").unlink()
    with pytest.raises(RabbitError, match="erl and epmd"):
        find_programs(patterns)


def test_epmd_is_found_beside_erl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "rabbitmq-env").touch()
    (tmp_path / "bin").mkdir()
    (tmp_path / "erts-1" / "bin").mkdir(parents=True)
    for name in ("rabbitmq-server", "bin/erl", "erts-1/bin/epmd"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    assert find_programs((str(tmp_path),)).epmd == tmp_path / "erts-1" / "bin" / "epmd"
