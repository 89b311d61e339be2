"""What cannot be started is told in one line, with the last lines of whoever said something."""

import os
import resource
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator.backing import BackingUnavailableError, server
from generator.backing.cleanup import Cleanup
from generator.backing.naming import new_password
from generator.backing.postgres.programs import runnable_copy
from generator.backing.postgres.server import Instance
from generator.backing.providers import Request, UnsuitableError
from generator.processes import free_port
from tests.backing.machine import (
    INSTALLED,
    bindir,
    environment,
    open_folder,
    opened,
    running_python,
)

HINT = """
import os
from generator.backing import BackingKind, BackingUnavailableError, open_backing
try:
    with open_backing({BackingKind.POSTGRES}, environment=os.environ):
        print("started")
except BackingUnavailableError as error:
    print(error.hint)
"""
VERSION = 'if [ "$1" = --version ]; then echo "postgres (PostgreSQL) 17.1"; exit; fi\n'


def _line(hint: str) -> str:
    return next(line for line in hint.splitlines() if line.startswith("  installed "))


@pytest.fixture
def tiny_disk(scratch: Path) -> Iterator[Path]:
    """A file system of 8 MB."""
    folder = scratch / "disk"
    folder.mkdir()
    argv = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=755", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(argv, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


@pytest.fixture
def programs() -> Iterator[Callable[[str, str], dict[str, str]]]:
    """PostgreSQL's programs as scripts; returns the environment in which they are found."""
    scripts = open_folder()

    def write(initdb: str, postgres: str) -> dict[str, str]:
        for name, text in (("initdb", initdb), ("postgres", VERSION + postgres)):
            (scripts / name).write_text(f"#!/bin/sh\n{text}\n")
            (scripts / name).chmod(0o755)
        return {"PATH": f"{scripts}:/usr/bin:/bin"}

    yield write
    shutil.rmtree(scripts)


def test_a_full_disk_is_one_clear_line(tiny_disk: Path) -> None:
    with (
        pytest.raises(BackingUnavailableError) as caught,
        opened(environment(tiny_disk), INSTALLED),
    ):
        pass
    line = _line(caught.value.hint)
    assert "initdb failed: " in line
    assert line.endswith(": No space left on device")
    assert not any(tiny_disk.iterdir())


def test_a_limit_on_file_sizes_is_one_clear_line(scratch: Path) -> None:
    limit = f"import resource; resource.setrlimit({resource.RLIMIT_FSIZE}, (200000, 200000))\n"
    variables = environment(scratch, PATH=f"{bindir()}:/usr/bin:/bin")
    with running_python(limit + HINT, variables) as process:
        hint = process.communicate()[0]
    assert "initdb failed: " in _line(hint)
    assert "File" in _line(hint)


def test_the_last_thirty_lines_of_a_start_that_failed_are_shown(
    scratch: Path, programs: Callable[[str, str], dict[str, str]]
) -> None:
    found = programs("for n in $(seq 40); do echo line $n; done; echo oh no; exit 1", "exit 1")
    with pytest.raises(BackingUnavailableError) as caught, opened(environment(scratch) | found):
        pass
    _, _, shown = caught.value.hint.partition("Last lines of installed:\n")
    assert shown.split("\n") == [*(f"  line {number}" for number in range(12, 41)), "  oh no"]
    assert _line(caught.value.hint) == "  installed    initdb failed: oh no"


def test_a_server_that_ends_at_once_is_told_with_its_reason(
    scratch: Path, programs: Callable[[str, str], dict[str, str]]
) -> None:
    found = programs('mkdir "$2"', "echo LOG: here; echo 'FATAL:  could not map memory'; exit 1")
    with pytest.raises(BackingUnavailableError) as caught, opened(environment(scratch) | found):
        pass
    assert "the server ended: FATAL:  could not map memory" in _line(caught.value.hint)
    assert caught.value.hint.endswith("  LOG: here\n  FATAL:  could not map memory")


def test_a_server_that_never_answers_is_not_waited_for_for_ever(
    scratch: Path,
    programs: Callable[[str, str], dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = programs('mkdir "$2"', "echo thinking; exec sleep 600")
    monkeypatch.setattr(server, "_START_SECONDS", 0.2)
    folder = Path(found["PATH"].partition(":")[0])
    cleanup = Cleanup()
    try:
        with pytest.raises(UnsuitableError, match="it did not answer within 0 s"):
            _instance(environment(scratch), folder, cleanup).open()
    finally:
        cleanup.finish()


def test_a_port_that_somebody_took_meanwhile_is_left_to_him(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleanup = Cleanup()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken_port = taken.getsockname()[1]
        ports = iter([taken_port, free_port()])
        monkeypatch.setattr(server, "free_port", lambda: next(ports))
        try:
            opened_one = _instance(environment(scratch), None, cleanup).open()
            assert f":{taken_port}" not in opened_one.detail
        finally:
            cleanup.finish()


def _instance(variables: dict[str, str], folder: Path | None, cleanup: Cleanup) -> Instance:
    directory, setting = server.prepare(Request(environment=variables), cleanup)
    return Instance(
        bindir=folder or runnable_copy(bindir().parent, setting, cleanup),
        major=15,
        directory=directory,
        setting=setting,
        cleanup=cleanup,
        password=new_password(),
    )
