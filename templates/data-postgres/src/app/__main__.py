"""Starts the process: serves the API, upgrades the database or prints what others rely on."""

import asyncio
import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from app.application import asyncapi_document, build_application, openapi_document
from app.features import Settings
from app.migrate import migrate
from app.settings import DatabaseSettings
from shared.errors import UnavailableError
from shared.log import configure_logging
from shared.server import serve
from shared.settings import exit_on_configuration_error, load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0, 1 when the database stays away.

    It exits with 2 when the environment lacks something.
    """
    parser = ArgumentParser(prog="python -m app", description=__doc__)
    commands = {"serve": _serve, "migrate": _migrate, "openapi": _openapi, "asyncapi": _asyncapi}
    parser.add_argument("command", nargs="?", choices=list(commands), default="serve")
    chosen = parser.parse_args(arguments).command
    with exit_on_configuration_error():
        try:
            commands[chosen]()
        except UnavailableError as error:
            sys.stderr.write(f"{error.detail}\n")
            return 1
    return 0


def _serve() -> None:
    settings = load_settings(Settings)
    configure_logging(settings)
    serve(build_application(settings), settings)


def _migrate() -> None:
    settings = load_settings(DatabaseSettings)
    configure_logging(settings)
    asyncio.run(migrate(settings))


def _openapi() -> None:
    sys.stdout.write(openapi_document())


def _asyncapi() -> None:
    sys.stdout.write(asyncapi_document())


if __name__ == "__main__":
    sys.exit(main())
