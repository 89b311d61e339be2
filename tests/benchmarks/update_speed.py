"""Times `update` of eight services by one version against eight `copier update`, and `status`."""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.commands import Command, Cost, alternate, median
from tests.benchmarks.figures import Ratio, Result, Row
from tests.benchmarks.workspaces import Ground
from tests.support.checkout import commit_version, git

_OURS, _COPIER = "generator update, 8 services", "copier update, 8 times"
_MANY = "generator update, 50 services"
_STATUS = "generator status, 50 services"
_FEW, _LOT = 8, 50
_UNCHECKED = ("--no-verify", "--no-lock")
_MOST_ROUNDS = 3
# Each one updated and committed before the next, as plain Copier wants it.
_EACH = """
import subprocess, sys
for folder in sys.argv[1:]:
    copier = [sys.executable, "-m", "copier", "update", "--quiet", "--defaults", folder]
    subprocess.run(copier, check=True)
    subprocess.run(["git", "add", "--all"], check=True)
    subprocess.run(["git", "commit", "--quiet", "-m", folder], check=True)
"""


def measure(rounds: int) -> Result:
    """One version step in copies of the same workspace, in turns; then what fifty services cost."""
    rounds = min(rounds, _MOST_ROUNDS)
    with tempfile.TemporaryDirectory(prefix="generator-bench-") as folder:
        ground = Ground(folder=Path(folder))
        few, many = (_filled(ground, size) for size in (_FEW, _LOT))
        _second_release(ground)
        names = [f"services/{path.name}" for path in sorted((few / "services").iterdir())]
        update = ground.generator("update", *(Path(name).name for name in names), *_UNCHECKED)
        costs = alternate(
            {
                _OURS: _command(ground, update, _copies(ground, few)),
                _COPIER: _command(
                    ground, (sys.executable, "-c", _EACH, *names), _copies(ground, few)
                ),
            },
            rounds,
        )
        every = [path.name for path in sorted((many / "services").iterdir())]
        lot = ground.generator("update", *every, *_UNCHECKED)
        costs[_MANY] = _median(_command(ground, lot, _copies(ground, many)), rounds)
        status = _command(ground, ground.generator("status"), lambda: many)
        # The first one renders and remembers.
        status.run()
        costs[_STATUS] = _median(status, rounds)
    return _result(costs)


def _result(costs: dict[str, Cost]) -> Result:
    ours, peer, lot = costs[_OURS], costs[_COPIER], costs[_MANY]
    return Result(
        title="One version step of eight services, and a workspace of fifty",
        rows=tuple(
            Row(subject=name, figures={"wall s": cost.wall, "CPU s": cost.cpu})
            for name, cost in costs.items()
        ),
        ratios=(
            Ratio(what=f"{_OURS} / {_COPIER}, wall", value=ours.wall / peer.wall),
            Ratio(what=f"{_OURS} / {_COPIER}, CPU", value=ours.cpu / peer.cpu, limit=0.2),
            Ratio(
                what="CPU for each of 50 services / for each of 8",
                value=(lot.cpu / _LOT) / (ours.cpu / _FEW),
                limit=1.0,
            ),
            Ratio(what="status of 50 services, CPU s", value=costs[_STATUS].cpu, limit=1.5),
        ),
        notes=(
            "Same workspace, versions and answers; ours also wires. Neither locks or verifies.",
            "Copier gets a commit between two services: it brings back what others removed.",
            "Status is warm: what each version renders to is remembered.",
        ),
    )


def _command(ground: Ground, words: tuple[str, ...], prepare: Callable[[], Path]) -> Command:
    return Command(words=words, environment=ground.environment, prepare=prepare)


def _median(command: Command, rounds: int) -> Cost:
    return median([command.run() for _ in range(rounds)])


def _copies(ground: Ground, workspace: Path) -> Callable[[], Path]:
    def copied() -> Path:
        place = ground.empty() / "shop"
        shutil.copytree(workspace, place, symlinks=True)
        return place

    return copied


def _filled(ground: Ground, size: int) -> Path:
    """A committed workspace of so many services, each rendered on its own."""
    workspace = ground.workspace()
    kinds = ("data-postgres", "worker")
    for number in range(2):
        ground.cli(
            "new-service",
            kinds[number],
            f"first-{kinds[number]}",
            *_UNCHECKED,
            *(("--data-service", "first-data-postgres") if number else ()),
            cwd=workspace,
        ).ok()
    for number in range(2, size):
        _copy(workspace, number, f"first-{kinds[number % 2]}")
    ground.cli("sync", cwd=workspace).ok()
    git(workspace, "add", "--all")
    git(workspace, "commit", "--quiet", "-m", f"Add {size} services")
    return workspace


def _copy(workspace: Path, number: int, original: str) -> None:
    source, name = workspace / "services" / original, f"{original}-{number}"
    target = workspace / "services" / name
    shutil.copytree(source, target, symlinks=True)
    for path in target.rglob("*"):
        if not path.is_file() or original not in (text := path.read_text(encoding="utf-8")):
            continue
        path.write_text(text.replace(original, name), encoding="utf-8")
    answers = target / ".copier-answers.yml"
    lines = answers.read_text(encoding="utf-8").splitlines(keepends=True)
    ports = [f"port: {10_000 + number}\n" if line.startswith("port: ") else line for line in lines]
    text = "".join(ports).replace(f"data_service: {name}", "data_service: first-data-postgres")
    answers.write_text(text, encoding="utf-8")


def _second_release(ground: Ground) -> None:
    """A version that changes, adds, renames and removes a file of each template."""
    for template in ("data-postgres", "worker"):
        folder = ground.cli.checkout / "templates" / template
        with (folder / "README.md.jinja").open("a", encoding="utf-8") as readme:
            readme.write("\nThe second release.\n")
        (folder / "ADDED.md").write_text("# Added\n", encoding="utf-8")
        source = folder / "src/app/errors.py"
        source.write_text(f"{source.read_text(encoding='utf-8')}# second\n", encoding="utf-8")
    commit_version(ground.cli.checkout, "v0.2.0")
