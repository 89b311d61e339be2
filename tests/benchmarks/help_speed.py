"""Times `generator --help` against importing what it cannot do without."""

import sys
from pathlib import Path

from tests.benchmarks.commands import Command, alternate, environment
from tests.benchmarks.figures import Ratio, Result, Row
from tests.support.checkout import PROJECT

_BUDGET = 1.2
_IMPORT = "import typer, rich"
_HELP = "generator --help"


def measure(rounds: int) -> Result:
    """Alternate both; the budget is in design."""
    words = {
        _IMPORT: (sys.executable, "-c", _IMPORT),
        _HELP: (sys.executable, "-m", "generator", "--help"),
        "python -c pass": (sys.executable, "-c", "pass"),
    }
    commands = {
        name: Command(words=line, environment=environment(), prepare=_project)
        for name, line in words.items()
    }
    costs = alternate(commands, 3 * rounds)
    rows = tuple(
        Row(subject=name, figures={"wall ms": 1000 * cost.wall, "CPU ms": 1000 * cost.cpu})
        for name, cost in costs.items()
    )
    ours, peer = costs[_HELP], costs[_IMPORT]
    return Result(
        title="`generator --help`",
        rows=rows,
        ratios=(
            Ratio(what=f"{_HELP} / {_IMPORT}, wall", value=ours.wall / peer.wall, limit=_BUDGET),
            Ratio(what=f"{_HELP} / {_IMPORT}, CPU", value=ours.cpu / peer.cpu, limit=_BUDGET),
        ),
    )


def _project() -> Path:
    return PROJECT
