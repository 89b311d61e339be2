"""Runs all faults with thousands of tasks each and prints the figures: `python -m tests.faults`."""

import asyncio
import sys

from tests.faults.arena import arena, own_servers
from tests.faults.catalog import SCENARIOS
from tests.faults.figures import Figures, table
from tests.faults.sizes import LARGE


async def _play(names: list[str]) -> list[Figures]:
    figures = []
    with own_servers() as servers:
        for scenario in SCENARIOS:
            if names and scenario.name not in names:
                continue
            async with arena(servers) as opened:
                figures.append(await scenario.play(opened, LARGE))
            sys.stderr.write(f"{figures[-1]}\n")
            scenario.check(figures[-1])
    return figures


if __name__ == "__main__":
    sys.stdout.write(f"{table(asyncio.run(_play(sys.argv[1:])))}\n")
