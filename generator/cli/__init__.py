"""The command line: a list of commands, each in a file of its own."""

from generator.cli.console import run
from generator.cli.root import app


def main() -> None:
    """Run the command line and exit with its code."""
    run(app)
