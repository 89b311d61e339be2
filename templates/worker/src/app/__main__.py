"""Starts the process: works, or does one thing on the command line."""

import sys
from collections.abc import Sequence

from app.application import build_application
from app.commands import COMMANDS
from app.features import Settings
from shared.log import configure_logging
from shared.server import serve
from shared.settings import exit_on_configuration_error, load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; without a command, work until told to stop.

    It exits with 2 when the environment lacks something.
    """
    name, *rest = list(sys.argv[1:] if arguments is None else arguments) or ["serve"]
    with exit_on_configuration_error():
        if name == "serve" and not rest:
            _serve()
            return 0
        if name in COMMANDS:
            return COMMANDS[name](rest)
    sys.stderr.write(f"usage: python -m app [{' | '.join(['serve', *COMMANDS])}] ...\n")
    return 2


def _serve() -> None:
    settings = load_settings(Settings)
    configure_logging(settings)
    serve(build_application(settings), settings)


if __name__ == "__main__":
    sys.exit(main())
