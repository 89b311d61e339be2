"""Times `generator verify` cold, warm and unchanged, on one service and its workspace."""

import os
import tempfile
from pathlib import Path

from tests.benchmarks.commands import Command, Cost, median
from tests.benchmarks.figures import Ratio, Result, Row
from tests.benchmarks.workspaces import SERVICE, TEMPLATE, Ground

_COLD, _WARM, _UNCHANGED = "cold", "warm", "unchanged"
_MOST_ROUNDS = 3


def measure(rounds: int) -> Result:
    """Verify a fresh workspace, again without the cache of results, and again with it."""
    costs: dict[str, list[Cost]] = {_COLD: [], _WARM: [], _UNCHANGED: []}
    with tempfile.TemporaryDirectory(prefix="generator-bench-") as folder:
        ground = Ground(folder=Path(folder))
        for _ in range(min(rounds, _MOST_ROUNDS)):
            workspace = ground.workspace()
            ground.cli("new-service", TEMPLATE, SERVICE, "--no-verify", cwd=workspace).ok()
            for name, extra in ((_COLD, ()), (_WARM, ("--no-cache",)), (_UNCHANGED, ())):
                costs[name].append(_verify(ground, workspace, *extra))
    middle = {name: median(found) for name, found in costs.items()}
    cold = middle[_COLD].wall
    return Result(
        title=f"`generator verify` of a workspace with one {TEMPLATE} service",
        rows=tuple(
            Row(subject=name, figures={"wall s": cost.wall, "CPU s": cost.cpu})
            for name, cost in middle.items()
        ),
        ratios=tuple(
            Ratio(what=f"{name} / {_COLD}", value=middle[name].wall / cold)
            for name in (_WARM, _UNCHANGED)
        ),
        notes=(
            f"{_COLD}: no environment, no cache of any tool; packages come from uv's own cache.",
            f"{_WARM}: `--no-cache`, every check runs again in the environment that is there.",
            f"{_UNCHANGED}: every result comes from the cache, and no server is started.",
            f"As many checks at the same time as there are cores: {os.cpu_count()}.",
        ),
    )


def _verify(ground: Ground, workspace: Path, *extra: str) -> Cost:
    command = Command(
        words=ground.generator("verify", *extra),
        environment=ground.environment,
        prepare=lambda: workspace,
    )
    return command.run()
