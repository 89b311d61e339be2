"""Checks recorded calls: `python -m shared.testing.contract CALLS OPENAPI`.

Prints a line for each finding. Exit codes: 0 all as agreed, 1 findings, 2 a file is not readable
or holds no calls.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

from pydantic_core import from_json

from shared.testing.contract.calls import recorded
from shared.testing.contract.checks import Contract


def main(calls: str, openapi: str) -> int:
    """Check the calls in one file by the document in the other and return the exit code."""
    try:
        contract = Contract(from_json(Path(openapi).read_bytes()))
        made = list(recorded(Path(calls)))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if not made:
        sys.stderr.write(f"{calls} holds no calls\n")
        return 2
    found = dict.fromkeys(line for call in made for line in contract.findings(call))
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    parser = ArgumentParser(prog="python -m shared.testing.contract")
    parser.add_argument("calls", metavar="CALLS", help="the file that CONTRACT_CALLS named")
    parser.add_argument("openapi", metavar="OPENAPI", help="the provider's openapi.json")
    chosen = parser.parse_args()
    sys.exit(main(chosen.calls, chosen.openapi))
