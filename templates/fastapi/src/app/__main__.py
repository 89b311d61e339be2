"""Starts the process: serves the API or prints what others rely on."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from app.application import asyncapi_document, build_application
from app.features import Settings
from app.openapi import openapi_document
from shared.log import configure_logging
from shared.server import serve
from shared.settings import exit_on_configuration_error, load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code 0.

    It exits with 2 when the environment lacks something.
    """
    parser = ArgumentParser(prog="python -m app", description=__doc__)
    commands = {"serve": _serve, "openapi": _openapi, "asyncapi": _asyncapi}
    parser.add_argument("command", nargs="?", choices=list(commands), default="serve")
    chosen = parser.parse_args(arguments).command
    with exit_on_configuration_error():
        commands[chosen]()
    return 0


def _serve() -> None:
    settings = load_settings(Settings)
    configure_logging(settings)
    serve(build_application(settings), settings)


def _openapi() -> None:
    sys.stdout.write(openapi_document())


def _asyncapi() -> None:
    sys.stdout.write(asyncapi_document())


if __name__ == "__main__":
    sys.exit(main())
