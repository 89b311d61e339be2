"""Measures what `generator up` takes while its services speak, beside honcho, a Procfile runner."""

import os
import pty
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

import psutil

from generator.processes import free_port
from tests.benchmarks.figures import Ratio, Result, Row
from tests.running.support import Shop, make_shop, wait_until
from tests.support.checkout import PROJECT
from tests.support.cli import Cli

_LINES_PER_SECOND = 5000
_SECONDS = 8.0
_MOST_ROUNDS = 3
_BUDGET = 0.05
_SERVICE = "chatty"
_PIPED = "generator up, into a pipe"


def measure(rounds: int) -> Result:
    """Let one service speak 5,000 lines a second, and see what whoever shows them takes."""
    subjects: dict[str, Callable[[Path], float]] = {
        _PIPED: _up_piped,
        "generator up, on a terminal": _up_on_terminal,
        "honcho, into a pipe": _honcho,
    }
    shares: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(min(rounds, _MOST_ROUNDS)):
        for name, run in subjects.items():
            with tempfile.TemporaryDirectory(prefix="generator-bench-") as folder:
                shares[name].append(run(Path(folder)))
    middle = {name: median(found) for name, found in shares.items()}
    return Result(
        title=f"CPU of showing {_LINES_PER_SECOND} lines a second",
        rows=tuple(
            Row(subject=name, figures={"% of a core": 100 * share})
            for name, share in middle.items()
        ),
        ratios=tuple(
            Ratio(
                what=f"{name}: CPU time / time",
                value=share,
                limit=_BUDGET if name == _PIPED else None,
            )
            for name, share in middle.items()
        ),
        notes=(
            "Lines of JSON of 230 characters, each written and flushed by itself, as services do.",
            f"The process that merges them, for {_SECONDS:g} s; not the service, nor the reader.",
            "`up` writes each line to its file as well, and masks secrets.",
            "On a terminal it puts JSON into words and colours, and draws a table.",
        ),
    )


def _up_piped(folder: Path) -> float:
    shop = _shop(folder)
    with subprocess.Popen(
        shop.cli.command("up"), cwd=shop.root, env=shop.cli.env(),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout
        return _share(process, process.stdout.fileno(), shop.is_ready)


def _up_on_terminal(folder: Path) -> float:
    shop = _shop(folder)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        shop.cli.command("up"), cwd=shop.root, env=shop.cli.env({"TERM": "xterm"}),
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(theirs)
        share = _share(process, ours, shop.is_ready)
    os.close(ours)
    return share


def _honcho(folder: Path) -> float:
    shop = _shop(folder)
    script = shop.root / "services" / _SERVICE / "tiny.py"
    (folder / "Procfile").write_text(f"{_SERVICE}: {sys.executable} {script}\n")
    port = str(free_port())
    variables = {"SERVICE_NAME": _SERVICE, "MARKS": str(folder), "BEHAVIOUR": "chats", "PORT": port}
    program = Path(sysconfig.get_path("scripts")) / "honcho"
    with subprocess.Popen(
        [program, "start"], cwd=folder, env=shop.cli.env(variables),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout
        return _share(process, process.stdout.fileno(), (folder / "marks").exists)


def _shop(folder: Path) -> Shop:
    shutil.rmtree(folder / "shop", ignore_errors=True)
    shop = make_shop(folder / "shop", Cli(checkout=PROJECT))
    shop.add(_SERVICE, free_port(), "chats")
    return shop


def _share(
    process: "subprocess.Popen[bytes]", output: int, is_ready: Callable[[], object]
) -> float:
    """The part of a core that a process takes once it is ready; ends it."""
    threading.Thread(target=_drain, args=(output,), daemon=True).start()
    try:
        wait_until(is_ready)
        own = psutil.Process(process.pid)
        before, begun = _seconds(_own(own)), time.monotonic()
        # What is measured is this time.
        time.sleep(_SECONDS)
        return (_seconds(_own(own)) - before) / (time.monotonic() - begun)
    finally:
        process.terminate()
        process.wait(60)


def _own(process: psutil.Process) -> Sequence[psutil.Process]:
    """The process, with the readers that it has of its own; not what it runs for others."""
    readers = [
        child
        for child in process.children(recursive=True)
        if "tiny.py" not in " ".join(child.cmdline())
    ]
    return [process, *readers]


def _seconds(processes: Sequence[psutil.Process]) -> float:
    spent = 0.0
    for one in processes:
        with suppress(psutil.Error):
            times = one.cpu_times()
            spent += times.user + times.system
    return spent


def _drain(output: int) -> None:
    with suppress(OSError):
        while os.read(output, 65536):
            pass
