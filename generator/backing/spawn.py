"""Starts the programs of a backing service so that none outlives its supervisor."""

import os
import pwd
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.backing.cleanup import Cleanup
from generator.backing.providers import UnsuitableError
from generator.processes import Account, Child, Command

_STOP_SECONDS = 6.0


def unprivileged_account() -> Account | None:
    """`nobody` when this is root, which servers refuse to run as; else None: the caller itself.

    Raises:
        UnsuitableError: this is root and the machine has no `nobody`.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError as error:
        raise UnsuitableError("running as root, and there is no user nobody to drop to") from error
    return Account(name="nobody", uid=entry.pw_uid, gid=entry.pw_gid)


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """How a program is run: its environment, its folder and its user."""

    environment: Mapping[str, str]
    folder: Path | None = None
    account: Account | None = None


def spawn(
    argv: Sequence[str | Path],
    *,
    setting: Setting,
    cleanup: Cleanup,
    last_signal: signal.Signals = signal.SIGKILL,
    seconds: float = _STOP_SECONDS,
) -> Child:
    """Start a program that is ended when `cleanup` closes.

    Args:
        argv: the program and its arguments.
        setting: its environment, folder and user.
        cleanup: who ends it at last.
        last_signal: what makes it end fast and take its children along.
        seconds: how long it may take to end.

    Raises:
        OSError: it cannot be started, or not as that user.
    """
    command = Command(
        words=argv,
        environment=setting.environment,
        folder=setting.folder,
        account=setting.account,
        stop_signal=last_signal,
        stop_seconds=seconds,
    )
    with cleanup.making() as stack:
        child = Child(command)
        stack.callback(child.end)
    return child
