"""Times `new-service --no-verify` against Copier and cookiecutter rendering the same files."""

import sys
import tempfile
from pathlib import Path

from generator.rendering.trees import differences, read_tree
from tests.benchmarks.commands import Command, Cost, alternate
from tests.benchmarks.cookie import make_cookiecutter
from tests.benchmarks.figures import Ratio, Result, Row
from tests.benchmarks.workspaces import SERVICE, TEMPLATE, Ground

_COPIER = "copier copy"
_COOKIECUTTER = "cookiecutter"
_NO_LOCK = "new-service --no-verify --no-lock"
_CACHED = "new-service --no-verify, uv's index pages cached"
_ASKING = "new-service --no-verify, the index asked"
_BUDGETS = {_NO_LOCK: 0.65, _CACHED: 0.65, _ASKING: 1.0}


def measure(rounds: int) -> Result:
    """Alternate all of them, each in a folder that is new each time."""
    with tempfile.TemporaryDirectory(prefix="generator-bench-") as folder:
        ground = Ground(folder=Path(folder))
        commands = _commands(ground)
        files = _refuse_other_output(commands)
        costs = alternate(commands, rounds)
    rows = tuple(
        Row(subject=name, figures={"wall s": cost.wall, "CPU s": cost.cpu})
        for name, cost in costs.items()
    )
    return Result(
        title=f"`new-service --no-verify` of {TEMPLATE}, {files} files",
        rows=rows,
        ratios=_ratios(costs),
        notes=(
            f"`{_COPIER}` reads the same commit of the same checkout.",
            f"`{_COOKIECUTTER}` renders the same bytes; it copies unread what ours copies unread.",
            "Locking resolves the whole workspace; with cached pages the network takes no part.",
        ),
    )


def _ratios(costs: dict[str, Cost]) -> tuple[Ratio, ...]:
    return tuple(
        Ratio(
            what=f"{ours} / {peer}",
            value=costs[ours].wall / costs[peer].wall,
            limit=budget if peer == _COPIER else None,
        )
        for peer in (_COPIER, _COOKIECUTTER)
        for ours, budget in _BUDGETS.items()
    )


def _commands(ground: Ground) -> dict[str, Command]:
    answers = ("-d", f"template={TEMPLATE}", "-d", f"service_name={SERVICE}")
    copier = ("copier", "copy", "--quiet", "--defaults", *answers, str(ground.cli.checkout), "out")
    ours = ground.generator("new-service", TEMPLATE, SERVICE, "--no-verify")
    surroundings = ground.environment

    def in_workspace(*extra: str, **variables: str) -> Command:
        return Command(
            words=(*ours, *extra), environment=surroundings | variables, prepare=ground.workspace
        )

    commands = {
        _COPIER: Command(
            words=(sys.executable, "-m", *copier), environment=surroundings, prepare=ground.empty
        ),
        _NO_LOCK: in_workspace("--no-lock"),
        _ASKING: in_workspace(),
        _CACHED: in_workspace(UV_OFFLINE="1"),
    }
    # So that uv has everything to answer from its cache, and there is a service to compare with.
    workspace = ground.workspace()
    commands[_ASKING].run_in(workspace)
    template = make_cookiecutter(ground, workspace / "services" / SERVICE)
    commands[_COOKIECUTTER] = Command(
        words=(sys.executable, "-m", "cookiecutter", "--no-input", str(template)),
        environment=surroundings,
        prepare=ground.empty,
    )
    return commands


def _refuse_other_output(commands: dict[str, Command]) -> int:
    """A peer that renders something else is no peer; returns the number of files."""
    trees = []
    for name, rendered in (
        (_NO_LOCK, f"services/{SERVICE}"), (_COPIER, "out"), (_COOKIECUTTER, SERVICE)
    ):  # fmt: skip
        folder = commands[name].prepare()
        commands[name].run_in(folder)
        trees.append(read_tree(folder / rendered, leave_out=(".copier-answers.yml",)))
    for tree in trees[1:]:
        if different := differences(trees[0], tree):
            raise SystemExit(f"The peers do not render the same files: {', '.join(different)}")
    return len(trees[0])
