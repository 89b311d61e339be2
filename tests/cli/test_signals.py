"""A signal ends a command as Ctrl-C does: nothing is left behind, and the exit code says so."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.cli import Cli

# Says that it was reached, then takes longer than anybody waits.
SLOW_GIT = """#!/bin/sh
case "$*" in *" commit "*) echo reached > {fifo}; exec sleep 600;; esac
exec {git} "$@"
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_middle_leaves_nothing_behind(
    cli: Cli, tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "bin").mkdir()
    fifo, git = tmp_path / "bin/fifo", tmp_path / "bin/git"
    os.mkfifo(fifo)
    git.write_text(SLOW_GIT.format(fifo=fifo, git=shutil.which("git")))
    git.chmod(0o755)
    (tmp_path / "place").mkdir()
    with subprocess.Popen(
        cli.command("init", "shop", "--no-lock"),
        cwd=tmp_path / "place",
        env=cli.env({"PATH": f"{git.parent}{os.pathsep}{os.environ['PATH']}"}),
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert fifo.read_text() == "reached\n"
        running.send_signal(number)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said == "error: interrupted\n"
    assert list((tmp_path / "place").iterdir()) == []


def test_what_the_caller_ignores_stays_ignored(cli: Cli, tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN);"
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    shown = (
        "import signal; from generator.cli.signals import Interruption; Interruption().listen();"
        "print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)"
    )
    python = cli.command()[0]
    done = subprocess.run(
        [python, "-c", script, python, "-c", shown],
        cwd=tmp_path, env=cli.env(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "True\n"
