"""Windows is refused in one line, before anything is imported that it does not have."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import Cli

# Typer is imported as on this system, the generator as where POSIX's modules do not exist.
WINDOWS = """
import sys, sysconfig, typer, typer.main
sysconfig.get_config_vars()
sys.platform = "win32"
for name in ("fcntl", "pwd", "grp", "resource", "termios", "pty", "tty"):
    sys.modules[name] = None
from generator.cli import main
main()
"""


def on_windows(cli: Cli, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WINDOWS, *words],
        cwd=folder, env=cli.env(), capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "words", [("list",), ("init", "shop"), ("run", "--", "pytest", "--help"), ("doctor", "--json")]
)
def test_windows_is_refused_in_one_line_that_names_wsl(
    cli: Cli, tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = on_windows(cli, tmp_path, *words)
    assert done.returncode == 6
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert "WSL" in errors[0]
    assert "Traceback" not in done.stderr
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("words", [("--help",), ("new-service", "--help"), ("--version",)])
def test_help_is_answered_on_windows_too(cli: Cli, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = on_windows(cli, tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert "generator" in done.stdout
