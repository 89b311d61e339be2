"""Who verifies a workspace keeps it from being changed, and reading it goes on."""

import subprocess
from pathlib import Path

from generator.files import shared
from tests.support.cli import Cli


def test_a_workspace_that_is_verified_is_read_and_verified_but_not_changed(
    cli: Cli, pristine_workspace: Path
) -> None:
    with shared(pristine_workspace / ".generator/lock", on_wait=print):
        for words in (("list", "--json"), ("sync", "--check"), ("verify", "--only", "wiring")):
            cli(*words, cwd=pristine_workspace).ok()
        changing = subprocess.Popen(
            cli.command("sync"), cwd=pristine_workspace, env=cli.env(), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert changing.stderr
        assert "Waiting for another generator" in changing.stderr.readline()
        assert changing.poll() is None
    changing.communicate()
    assert changing.returncode == 0
