"""What is left to the guard when nobody else is left."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from generator.processes import Guard


@contextmanager
def sleeper(word: object) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, whose command line holds a word."""
    words = ["/bin/sh", "-c", "sleep 600", str(word)]
    with subprocess.Popen(words, start_new_session=True) as process:
        yield process
        # Where the shell is dead already, what it started may live on.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def abandon(guard: Guard, *ending: subprocess.Popen[bytes]) -> None:
    """Let the guard see what it sees when its process is killed, and wait until it is done.

    Args:
        guard: what is left alone.
        ending: who ends by it; the guard sees a group live on until its dead are waited for.
    """
    shell = guard._shell
    assert shell.stdin
    shell.stdin.close()
    for process in ending:
        process.wait(20)
    shell.wait(20)


def test_who_is_watched_ends_and_who_was_let_go_goes_on() -> None:
    with sleeper("a") as watched, sleeper("b") as forgotten:
        guard = Guard()
        guard.watch(-forgotten.pid)
        guard.watch(-watched.pid, signal.SIGTERM)
        guard.forget(-forgotten.pid)
        abandon(guard, watched)
        assert watched.returncode == -signal.SIGTERM
        assert forgotten.poll() is None


def test_a_closed_guard_ends_nobody() -> None:
    with sleeper("a") as watched:
        with Guard() as guard:
            guard.watch(-watched.pid)
        assert watched.poll() is None


def test_with_a_folder_a_stranger_of_the_same_number_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with sleeper(folder) as ours, sleeper("elsewhere") as stranger:
        guard = Guard(folder)
        guard.watch(ours.pid, signal.SIGTERM)
        guard.watch(stranger.pid, signal.SIGTERM)
        abandon(guard)
        assert ours.wait(20) == -signal.SIGTERM
        assert stranger.poll() is None
    assert folder.exists()


def test_a_folder_that_is_to_be_removed_is_gone_however_it_ends(tmp_path: Path) -> None:
    for end in (abandon, Guard.close):
        folder = tmp_path / end.__name__
        (folder / "deep").mkdir(parents=True)
        end(Guard(folder, remove=True))
        assert not folder.exists()
