"""Runs suites again and again, alone and on a busy machine: `python -m tests.support.steady`.

A suite that fails or hangs once in ten runs has a fault that its green runs hide.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.checkout import PROJECT

OURS = "generator"
SERVICES = {
    "users-data": ("data-postgres", "--with", "outbox"),
    "users-api": (
        *("fastapi", "--data-service", "users-data"),
        *("--with", "auth,cache,events,tasks"),
    ),
    "media-worker": (
        *("worker", "--data-service", "users-data"),
        *("--with", "media,notifications,analytics,schedule"),
    ),
    "support-bot": ("aiogram", "--data-service", "users-data", "--with", "uploads"),
}
SUITES = ("shared", *SERVICES, OURS)
_BUSY = "while True: pass"
# More than any suite takes on a busy machine; a hang in it ends long before, by its own limits.
_SUITE_SECONDS = 3600.0


@dataclass(kw_only=True, slots=True)
class Counts:
    """What came of the runs of one suite under one load."""

    suite: str
    load: str
    green: int = 0
    red: int = 0
    seconds: list[float] = field(default_factory=list)

    def row(self) -> str:
        """A line of the table."""
        spread = f"{min(self.seconds):.0f}-{max(self.seconds):.0f} s" if self.seconds else "-"
        return f"{self.suite:<14}{self.load:<8}{self.green:>6}{self.red:>6}  {spread}"


def main() -> int:
    """Run what was named and print the counts; 1 when any run was red."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.steady")
    parser.add_argument("suites", nargs="*", choices=[*SUITES, []], metavar="SUITE")
    parser.add_argument("--times", type=int, default=10, help="runs of each suite, per load")
    chosen = parser.parse_args()
    counted: list[Counts] = []
    with tempfile.TemporaryDirectory(prefix="steady-") as folder:
        logs = Path(tempfile.mkdtemp(prefix="steady-logs-"))
        suites = chosen.suites or SUITES
        root = _rendered(Path(folder)) if set(suites) - {OURS} else Path(folder)
        for load in ("alone", "busy"):
            for suite in suites:
                counts = Counts(suite=suite, load=load)
                counted.append(counts)
                with _busy(load == "busy"):
                    for number in range(chosen.times):
                        _run(root, counts, logs / f"{suite}-{load}-{number + 1}.log")
    sys.stdout.write(table(counted))
    sys.stderr.write(f"What red runs said is in {logs}.\n" if any(c.red for c in counted) else "")
    return 1 if any(counts.red for counts in counted) else 0


def table(counted: list[Counts]) -> str:
    """The counts as a table."""
    head = f"{'suite':<14}{'load':<8}{'green':>6}{'red':>6}  time"
    return "\n".join((head, *(counts.row() for counts in counted), ""))


def _run(root: Path, counts: Counts, log: Path) -> None:
    begun = time.monotonic()
    with log.open("wb") as output:
        try:
            done = subprocess.run(
                _command(root, counts.suite),
                cwd=_folder(root, counts.suite),
                env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=_SUITE_SECONDS,
                check=False,
            )
            is_green = done.returncode == 0
        except subprocess.TimeoutExpired:
            is_green = False
    counts.seconds.append(time.monotonic() - begun)
    if is_green:
        counts.green += 1
        log.unlink()
    else:
        counts.red += 1
    sys.stderr.write(f"{counts.row()}\n")


def _command(root: Path, suite: str) -> list[str]:
    if suite == OURS:
        return [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal"]
    return [str(root / ".generator/envs" / suite / "bin/python"), "-m", "pytest", "-q"]


def _folder(root: Path, suite: str) -> Path:
    if suite == OURS:
        return PROJECT
    return root / suite if suite == "shared" else root / "services" / suite


def _rendered(folder: Path) -> Path:
    """A workspace with every service, and an environment for each."""
    generator = [sys.executable, "-m", "generator"]
    _call([*generator, "init", "shop", "--dev"], folder)
    root = folder / "shop"
    for name, (template, *options) in SERVICES.items():
        words = ["new-service", template, name, *options, "--dev", "--no-verify"]
        _call([*generator, *words], root)
    for name in ("shared", *SERVICES):
        extras = ["--all-extras"] if name == "shared" else []
        place = {"UV_PROJECT_ENVIRONMENT": str(root / ".generator/envs" / name)}
        uv = str(Path(sys.executable).parent / "uv")
        _call([uv, "sync", "-q", "--frozen", "--package", name, *extras], root, place)
    return root


def _call(words: list[str], folder: Path, more: dict[str, str] | None = None) -> None:
    env = {**os.environ, "PYTHONPATH": str(PROJECT), **(more or {})}
    subprocess.run(words, cwd=folder, env=env, stdout=subprocess.DEVNULL, check=True)


@contextmanager
def _busy(wanted: bool) -> Iterator[None]:  # noqa: FBT001 - its only word
    """Keep every core busy with what yields to nobody who is as nice."""
    cores = os.cpu_count() or 1
    words = ["nice", "-n", "5", sys.executable, "-c", _BUSY]
    loads = [subprocess.Popen(words) for _ in range(cores if wanted else 0)]
    try:
        yield
    finally:
        for load in loads:
            load.kill()
            load.wait()


if __name__ == "__main__":
    sys.exit(main())
