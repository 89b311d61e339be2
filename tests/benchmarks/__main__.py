"""Runs benchmarks: `python -m tests.benchmarks [NAME ...] [--rounds N] [--json FILE]`."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.benchmarks import (
    api,
    api_start,
    bot_speed,
    data_service,
    help_speed,
    lifecycle_speed,
    log_merging,
    media,
    new_service,
    redis_memory,
    scale,
    system_start,
    system_work,
    tasks_speed,
    update_speed,
    verify_speed,
)
from tests.benchmarks.figures import Result
from tests.benchmarks.machine import load, machine
from tests.benchmarks.report import document, markdown

_BENCHMARKS: Mapping[str, Callable[[int], Result]] = {
    "help": help_speed.measure,
    "new-service": new_service.measure,
    "remove-service": lifecycle_speed.measure,
    "verify": verify_speed.measure,
    "update": update_speed.measure,
    "scale": scale.measure,
    "data-service": data_service.measure,
    "api": api.measure,
    "api-start": api_start.measure,
    "tasks": tasks_speed.measure,
    "media": media.measure,
    "bot": bot_speed.measure,
    "redis_memory": redis_memory.measure,
    "logs": log_merging.measure,
    "up": system_start.measure,
    "system": system_work.measure,
}


def main() -> None:
    """Print one section per benchmark as it ends, then what it all ran on."""
    parser = ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(_BENCHMARKS))
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds of each (5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(_BENCHMARKS):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}: {', '.join(_BENCHMARKS)}")
    before, results = load(), []
    for name in arguments.names or _BENCHMARKS:
        result = _BENCHMARKS[name](arguments.rounds)
        results.append(result)
        sys.stdout.write(markdown(result) + "\n")
        sys.stdout.flush()
    measured_on = machine(before)
    sys.stdout.write(f"Measured on {measured_on}.\n")
    if arguments.json:
        text = json.dumps(document(measured_on, results), indent=2)
        arguments.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
