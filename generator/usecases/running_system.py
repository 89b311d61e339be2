"""Finds the running system of a workspace, ends it, and starts one in the background."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from generator.env_vars import own_package_env_vars
from generator.errors import ConflictError, GeneratorError, UnjudgedError, UsageError, error_named
from generator.files import cannot_write, is_alive, lock_holder
from generator.running import Phase, Places, Record, Usage, UsageMeter, read_record
from generator.workspace import Workspace

_LOOK_SECONDS = 0.05
_TAIL_LINES = 20
_USAGE_SECONDS = 0.2


def places_of(workspace: Workspace) -> Places:
    """Where the running system of a workspace keeps what it needs."""
    return Places.below(workspace.private_dir)


def running_system(workspace: Workspace) -> Record | None:
    """What runs in a workspace now; None when nothing does."""
    places = places_of(workspace)
    if lock_holder(places.lock) is None:
        return None
    return read_record(places.record)


def up_already(pid: int) -> ConflictError:
    """The failure of whoever starts a system that another process runs."""
    return ConflictError(
        f"The system of this workspace is up already (process {pid or 'unknown'}).",
        hint="`generator ps` shows it, `generator down` ends it.",
    )


def logged_services(workspace: Workspace, names: Sequence[str]) -> tuple[str, ...]:
    """The services of these names, or all that have said something in the last run.

    Raises:
        UsageError: one that is named has said nothing.
    """
    known = sorted(path.stem for path in places_of(workspace).logs.glob("*.log"))
    for name in names:
        if name not in known:
            said = f"Those that have: {', '.join(known)}." if known else "Start it: generator up."
            raise UsageError(f"There is no log of a service {name!r}.", hint=said)
    return tuple(names or known)


def usage_of(record: Record, meter: UsageMeter | None = None) -> Mapping[str, Usage]:
    """What each running service takes of the machine, by name.

    Args:
        record: what runs.
        meter: has looked before; without one, two looks are taken, a moment apart.
    """
    pids = {one.pid: one.name for one in record.services if one.pid}
    if meter is None:
        meter = UsageMeter()
        meter.read(pids)
        time.sleep(_USAGE_SECONDS)
    return {pids[pid]: usage for pid, usage in meter.read(pids).items()}


def end_system(workspace: Workspace) -> bool:
    """End the running system of a workspace and wait until nothing of it is left.

    Returns:
        Whether there was one.

    Raises:
        UnjudgedError: it does not end.
    """
    places = places_of(workspace)
    holder = lock_holder(places.lock)
    if holder is None:
        return False
    if holder:
        with suppress(ProcessLookupError):
            os.kill(holder, signal.SIGTERM)
    deadline = time.monotonic() + _longest_stop(workspace)
    while lock_holder(places.lock) is not None:
        if time.monotonic() > deadline:
            raise UnjudgedError(
                f"The system of this workspace does not end (process {holder}).",
                hint=f"See what it does: generator ps; end it whatever it does: kill -9 {holder}",
            )
        time.sleep(_LOOK_SECONDS)
    return True


def start_in_background(workspace: Workspace, words: Sequence[str], *, until_ready: bool) -> Record:
    """Start `generator up` in a process of its own, which outlives this one.

    Args:
        workspace: whose system.
        words: the arguments of `up`.
        until_ready: wait until every service is ready, not only until it has begun.

    Raises:
        ConflictError: it runs already.
        GeneratorError: why it did not start; nothing is left of it.
    """
    places = places_of(workspace)
    if (holder := lock_holder(places.lock)) and is_alive(holder):
        raise up_already(holder)
    try:
        places.folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        log = os.open(places.background_log, flags, 0o600)
    except OSError as error:
        raise cannot_write(places.background_log, error) from error
    process = subprocess.Popen(
        # -P: what lies in the current folder is somebody else's code.
        [sys.executable, "-P", "-m", "generator", "up", *words],
        cwd=workspace.root,
        env={**os.environ, **own_package_env_vars()},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    os.close(log)
    try:
        return _await(process, places, Phase.READY if until_ready else Phase.STARTING)
    except BaseException:
        # Whoever does not wait for it any more does not want it.
        process.terminate()
        process.wait()
        raise


def _await(process: "subprocess.Popen[bytes]", places: Places, wanted: Phase) -> Record:
    while True:
        ended = process.poll() is not None
        record = read_record(places.record)
        ours = record if record and record.pid == process.pid else None
        if ended:
            raise _failure(ours, places.background_log, process.returncode)
        if ours and ours.services and ours.phase in {wanted, Phase.READY}:
            return ours
        time.sleep(_LOOK_SECONDS)


def _failure(record: Record | None, log: Path, code: int) -> GeneratorError:
    """What a system in the background ended with, as if it had been raised here."""
    if record and record.error:
        error = error_named(str(record.error.get("type")))
        return error(str(record.error.get("message")), hint=str(record.error.get("hint")))
    try:
        said = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        said = []
    failure = UnjudgedError(
        f"The system ended before it was ready, with exit code {code}.",
        hint="\n".join(said[-_TAIL_LINES:]),
    )
    if code > 0:
        failure.exit_code = code
    return failure


def _longest_stop(workspace: Workspace) -> float:
    """How long everything may take to end: each service its grace time, and the servers theirs."""
    graces = (one.template.process.stop_seconds for one in workspace.inventory().services)
    return 90.0 + sum(graces)
