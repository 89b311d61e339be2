"""Runs faults with thousands of tasks each and prints the figures: `python -m tests.faults`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

import structlog

from tests.faults.arena import arena, own_servers
from tests.faults.catalog import SCENARIOS, Scenario
from tests.faults.figures import Figures, table
from tests.faults.sizes import LARGE


def _chosen() -> Sequence[Scenario]:
    by_name = {scenario.name: scenario for scenario in SCENARIOS}
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(by_name))
    names = parser.parse_args().names
    if unknown := set(names) - by_name.keys():
        parser.error(f"no scenario {', '.join(sorted(unknown))}; there are {', '.join(by_name)}")
    return [by_name[name] for name in names] or SCENARIOS


async def _play(scenarios: Sequence[Scenario]) -> list[Figures]:
    figures = []
    with own_servers() as servers:
        for scenario in scenarios:
            async with arena(servers) as opened:
                figures.append(await scenario.play(opened, LARGE))
            sys.stderr.write(f"{figures[-1]}\n")
            scenario.check(figures[-1])
    return figures


if __name__ == "__main__":
    # The table alone goes to stdout.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    sys.stdout.write(f"{table(asyncio.run(_play(_chosen())))}\n")
