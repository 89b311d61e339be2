"""Writing in steps that cannot be cut in half, and keeping two runs apart."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import ConflictError, DestinationRefusedError, DiskError
from generator.files import (
    exclusive,
    put_in_place,
    shared,
    staging_folder,
    sweep,
    try_exclusive,
    write_atomically,
)
from generator.files import lock as lock_module

HOLD = """
import sys
from pathlib import Path
from generator.files import exclusive
with exclusive(Path(sys.argv[1]), on_wait=print):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_file_is_replaced_as_a_whole_with_the_mode_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "new" / ".env"
    write_atomically(path, "a\r\nb\n", scratch=tmp_path / "scratch", mode=0o600)
    assert path.read_bytes() == b"a\r\nb\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == [".env"]


def test_a_failed_write_leaves_the_old_text_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DiskError, match="No space left on device"):
        write_atomically(path, "new", scratch=tmp_path / "scratch")
    assert path.read_text() == "old"
    assert [p.name for p in (tmp_path / "scratch").iterdir()] == []


def test_a_place_that_is_taken_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine").write_text("x")
    (tmp_path / "staged").mkdir()
    with pytest.raises(DestinationRefusedError):
        put_in_place(tmp_path / "staged", tmp_path / "there")
    assert (tmp_path / "there" / "mine").read_text() == "x"


def test_staging_is_gone_afterwards_even_after_an_error(tmp_path: Path) -> None:
    def fail_half_way() -> None:
        with staging_folder(tmp_path / "private") as folder:
            (folder / "half").write_text("x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert list((tmp_path / "private").iterdir()) == []


def test_a_sweep_removes_what_is_dead_and_follows_no_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "mine").mkdir(parents=True)
    private = tmp_path / "private"
    (private / "staging-dead" / "deep").mkdir(parents=True)
    (private / "staging-file").write_text("half")
    (private / "staging-link").symlink_to(outside)
    (private / "other").mkdir()
    with staging_folder(private) as folder:
        sweep(private)
        assert sorted(path.name for path in private.iterdir()) == ["other", folder.name]
    assert (outside / "mine").is_dir()


def test_a_held_lock_is_waited_for_then_refused_with_its_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "lock"
    monkeypatch.setattr(lock_module, "LOCK_TIMEOUT_SECONDS", 0.2)
    waited: list[str] = []
    holder = _holder(lock)
    try:
        with (
            pytest.raises(ConflictError, match=str(holder.pid)),
            exclusive(lock, on_wait=waited.append),
        ):
            pass
    finally:
        holder.communicate("")
    assert waited == [str(holder.pid)]


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    holder = _holder(tmp_path / "lock")
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with exclusive(tmp_path / "lock", on_wait=pytest.fail):
        pass
    holder.communicate()


def _holder(lock: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_those_who_share_a_lock_keep_out_who_wants_it_alone_and_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, "LOCK_TIMEOUT_SECONDS", 0.0)
    lock, waits = tmp_path / "lock", list[str]()
    with shared(lock, on_wait=waits.append), shared(lock, on_wait=waits.append):
        assert waits == []
        assert try_exclusive(lock) is None
        with (
            pytest.raises(ConflictError, match=f"process {os.getpid()}"),
            exclusive(lock, on_wait=waits.append),
        ):
            pass
    release = try_exclusive(lock)
    assert release
    with pytest.raises(ConflictError), shared(lock, on_wait=waits.append):
        pass
    release()
    with exclusive(lock, on_wait=waits.append):
        pass
