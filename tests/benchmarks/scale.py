"""Times commands in a workspace of many services against one of few."""

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from generator.naming import env_prefix
from tests.benchmarks.commands import Command, Cost, median
from tests.benchmarks.figures import Ratio, Result, Row
from tests.benchmarks.workspaces import Ground

_SIZES = (10, 200)
_LINKED = "orders-api"
_DATA = "orders-data"
# Verifies as the command does, but every check of a service is green at once: what is measured is
# what a run costs that finds everything in its cache.
_ALL_GREEN = """
import sys
from pathlib import Path
from generator.usecases.verify import VerifyRequest, verify_workspace
from generator.verification import plan
from generator.verification.model import Outcome, Verdict
from generator.workspace import open_workspace

plan._CHECKS = dict.fromkeys(plan._CHECKS, lambda *_: Verdict(outcome=Outcome.PASSED))
done = verify_workspace(
    open_workspace(Path()), VerifyRequest(), report=print, on_event=lambda event: None
)
sys.exit(done.exit_code)
"""
_COMMANDS = {
    "list": ("list", "--json"),
    "sync --check": ("sync", "--check"),
    "new-service --dry-run": ("new-service", "data-postgres", "new-data", "--dry-run"),
    "new-service --no-verify": ("new-service", "data-postgres", "new-data", "--no-verify"),
    "verify, everything cached": ("verify",),
}
_MOST_ROUNDS = 3


def measure(rounds: int) -> Result:
    """Every command in both workspaces, in turns."""
    costs: dict[tuple[str, int], list[Cost]] = {}
    with tempfile.TemporaryDirectory(prefix="generator-bench-") as folder:
        ground = Ground(folder=Path(folder))
        workspaces = {size: _filled(ground, size) for size in _SIZES}
        for _ in range(min(rounds, _MOST_ROUNDS)):
            for name, words in _COMMANDS.items():
                for size, workspace in workspaces.items():
                    costs.setdefault((name, size), []).append(_run(ground, workspace, words))
    middle = {key: median(found) for key, found in costs.items()}
    few, many = _SIZES
    return Result(
        title=f"Commands in a workspace of {many} services against one of {few}",
        rows=tuple(
            Row(subject=f"{name}, {size}", figures={"wall s": cost.wall, "CPU s": cost.cpu})
            for (name, size), cost in middle.items()
        ),
        ratios=tuple(
            Ratio(
                what=f"{name}: CPU at {many} / at {few}",
                value=middle[name, many].cpu / middle[name, few].cpu,
                limit=1.15 if name == "new-service --no-verify" else None,
            )
            for name in _COMMANDS
        ),
        notes=(
            "The services are copies of one data service and one API that calls it.",
            "Locking is answered from uv's cache.",
        ),
    )


def _run(ground: Ground, workspace: Path, words: tuple[str, ...]) -> Cost:
    command = Command(
        words=ground.generator(*words),
        environment=ground.environment | {"UV_OFFLINE": "1"},
        prepare=lambda: workspace,
    )
    try:
        return command.run()
    finally:
        if words[-1] == "--no-verify":
            shutil.rmtree(workspace / "services" / "new-data")
            _python(ground, workspace, "-m", "generator", "sync")
            _python(ground, workspace, "-m", "uv", "lock", "--offline", "--quiet")


def _filled(ground: Ground, size: int) -> Path:
    """A workspace of so many services, whose every result is in the cache."""
    workspace = ground.workspace()
    ground.cli("new-service", "data-postgres", _DATA, "--no-verify", cwd=workspace).ok()
    ground.cli(
        "new-service", "fastapi", _LINKED, "--data-service", _DATA, "--no-verify", cwd=workspace
    ).ok()
    for number, name in _copies(size):
        _copy(workspace, number, name)
    _python(ground, workspace, "-m", "generator", "sync")
    _python(ground, workspace, "-m", "uv", "lock", "--offline", "--quiet")
    _python(ground, workspace, "-c", _ALL_GREEN)
    return workspace


def _copies(size: int) -> Iterator[tuple[int, str]]:
    for number in range(2, size):
        yield number, _DATA if number % 2 else _LINKED


def _copy(workspace: Path, number: int, original: str) -> None:
    source, name = workspace / "services" / original, f"{original}-{number}"
    target = workspace / "services" / name
    shutil.copytree(source, target, symlinks=True)
    for path in (".copier-answers.yml", "pyproject.toml", "compose.yaml"):
        text = (target / path).read_text(encoding="utf-8").replace(original, name)
        text = text.replace(env_prefix(original), env_prefix(name))
        # As an answer, and as what compose.yaml publishes.
        text = re.sub(r"(?m)(^port: |_PORT:-)\d+", rf"\g<1>{10_000 + number}", text)
        (target / path).write_text(text, encoding="utf-8")


def _python(ground: Ground, workspace: Path, *words: str) -> None:
    Command(
        words=(sys.executable, *words), environment=ground.environment, prepare=lambda: workspace
    ).run()
