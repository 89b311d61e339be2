"""A server runs as root's `nobody`, and as a normal user without any right."""

import os
import pwd
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from generator.backing.cleanup import Cleanup
from generator.backing.directory import InstanceDirectory
from generator.backing.model import Places
from generator.backing.postgres.programs import embedded_root
from generator.backing.providers import Request
from generator.backing.spawn import unprivileged_account
from tests.backing.machine import INSTALLED, bindir, copy_package, environment, opened, processes

SYSTEM = Path("/usr/bin/python3")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")

OPEN = """
import os, sys
from generator.backing import BackingKind, BackingUnavailableError, Places, open_backing
places = Places(postgres_bindirs=tuple(sys.argv[1:]))
try:
    with open_backing({BackingKind.POSTGRES}, environment=os.environ, places=places) as services:
        print(services.started[0].detail)
        print(bool(services.isolate("users-data", {BackingKind.POSTGRES})))
except BackingUnavailableError as error:
    print(error.hint)
"""


def _run(
    folder: Path, variables: dict[str, str], *, user: int | None, bindirs: tuple[str, ...] = ()
) -> str:
    """The package of that folder, run by a Python that the user may run."""
    done = subprocess.run(
        [_python(user), "-c", OPEN, *bindirs],
        env={**variables, "PYTHONPATH": str(folder)},
        cwd="/",
        user=user,
        group=user,
        extra_groups=[] if user else None,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _python(user: int | None) -> Path:
    """A Python that this user may run: the one of root's home is closed to others."""
    for python in (Path(sys.executable).resolve(), SYSTEM):
        argv: list[str | Path] = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        with suppress(OSError):
            if subprocess.run(argv, user=user, cwd="/", check=False).returncode == 0:
                return python
    return pytest.skip("this machine has no Python that a normal user may run")


def _link(source: str, target: str) -> None:
    """As good as a copy here, and faster where it can be had."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _someone() -> int | None:
    """A normal user: nobody when this is root, else the one who runs the tests."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


@as_root
def test_root_drops_to_nobody(scratch: Path) -> None:
    # Whoever else runs as nobody can read the server's environment.
    secret = {"UV_INDEX_PASSWORD": "hunter2", "API_TOKEN": "hunter2"}
    with opened(environment(scratch, **secret), INSTALLED) as services:
        assert services.started[0].detail.endswith(" as nobody")
        [data] = scratch.glob("bk-*/data")
        assert data.owner() == "nobody"
        # A child that has just been forked still has its parent's words.
        server = min(processes(f"-D {data}"))
        seen = subprocess.run(["cat", f"/proc/{server}/environ"], capture_output=True, check=False)
        assert b"hunter2" not in seen.stdout


@as_root
def test_root_finds_another_place_when_nobody_may_not_enter_tmpdir(scratch: Path) -> None:
    closed = scratch / "closed"
    closed.mkdir(mode=0o700)
    cleanup = Cleanup()
    directory = InstanceDirectory(
        Request(environment=environment(closed)), account=unprivileged_account(), cleanup=cleanup
    )
    assert directory.folder.parent == Path("/", "tmp")
    cleanup.finish()
    assert not directory.folder.exists()
    closed.rmdir()


@as_root
def test_a_wheel_that_nobody_may_not_read_is_copied(scratch: Path, tmp_path: Path) -> None:
    closed = copy_package(tmp_path)
    package = embedded_root(Places()).parent
    for part in package.parent.glob(f"{package.name}*"):
        shutil.copytree(part, closed / part.name, symlinks=True, copy_function=_link)
    detail, worked = _run(closed, environment(scratch), user=None).splitlines()
    assert f" of {scratch}/bk-" in detail
    assert worked == "True"


@as_root
def test_installed_programs_that_nobody_may_not_run_are_named(
    scratch: Path, tmp_path: Path
) -> None:
    closed = copy_package(tmp_path)
    shutil.copytree(bindir().parent, closed / "pg", symlinks=True)
    hint = _run(closed, environment(scratch), user=None, bindirs=(f"{closed}/pg/bin",))
    assert f"  installed    user nobody cannot run {closed}/pg/bin/postgres: Permission" in hint


def test_a_normal_user_starts_a_server_as_itself(scratch: Path) -> None:
    folder, temporary = copy_package(scratch / "package"), scratch / "tmp"
    temporary.mkdir()
    temporary.chmod(0o777)
    printed = _run(
        folder, environment(temporary), user=_someone(), bindirs=INSTALLED.postgres_bindirs
    )
    detail, worked = printed.splitlines()
    assert "own instance on 127.0.0.1:" in detail
    assert not detail.endswith(" as nobody")
    assert worked == "True"
    assert not any(temporary.iterdir())
    shutil.rmtree(folder)
    temporary.rmdir()


def test_a_tmpdir_that_may_not_be_written_is_one_clear_line(scratch: Path) -> None:
    folder = copy_package(scratch / "package")
    closed = scratch / "closed"
    closed.mkdir(mode=0o555)
    hint = _run(folder, environment(closed), user=_someone(), bindirs=INSTALLED.postgres_bindirs)
    assert f"  installed    no folder can be made in {closed}: Permission denied\n" in hint
    shutil.rmtree(folder)
    closed.rmdir()
