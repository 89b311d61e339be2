"""Times `remove-service` and `undo` against the `new-service` that they take back."""

import tempfile
from pathlib import Path

from generator.rendering.trees import differences, read_tree
from tests.benchmarks.commands import Command, Cost, median
from tests.benchmarks.figures import Ratio, Result, Row
from tests.benchmarks.workspaces import SERVICE, TEMPLATE, Ground

_NEW = "new-service --no-verify"
_REMOVE = "remove-service"
_UNDO = "undo, of the removal"
_LIMIT = 1.2


def measure(rounds: int) -> Result:
    """Each round makes a service, removes it and undoes that."""
    costs: dict[str, list[Cost]] = {_NEW: [], _REMOVE: [], _UNDO: []}
    with tempfile.TemporaryDirectory(prefix="generator-bench-") as folder:
        ground = Ground(folder=Path(folder))
        for number in range(rounds + 1):
            workspace = ground.workspace()
            before = read_tree(workspace)
            found = {
                _NEW: _run(ground, workspace, "new-service", TEMPLATE, SERVICE, "--no-verify"),
                _REMOVE: _run(ground, workspace, "remove-service", SERVICE),
            }
            if different := differences(read_tree(workspace), before):
                raise SystemExit(f"Left behind: {', '.join(different)}")
            found[_UNDO] = _run(ground, workspace, "undo")
            # The first round fills caches, uv's with the pages of the index.
            for name, cost in found.items():
                costs[name] += [cost] if number else []
    middle = {name: median(each) for name, each in costs.items()}
    return Result(
        title=f"Making a service of {TEMPLATE} and taking it back, lock included",
        rows=tuple(
            Row(subject=name, figures={"wall s": cost.wall, "CPU s": cost.cpu})
            for name, cost in middle.items()
        ),
        ratios=tuple(
            Ratio(what=f"{name} / {_NEW}", value=cost.wall / middle[_NEW].wall, limit=_LIMIT)
            for name, cost in middle.items()
            if name != _NEW
        ),
        notes=("After the removal the workspace is what it was, byte for byte.",),
    )


def _run(ground: Ground, workspace: Path, *words: str) -> Cost:
    command = Command(
        words=ground.generator(*words), environment=ground.environment, prepare=lambda: workspace
    )
    return command.run()
