"""What the commands have in common: whose they are, how they print, how they fail."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
import structlog
from pydantic_core import to_json

from shared.errors import UnavailableError
from shared.messaging.consuming.routes import build_routes
from shared.settings import exit_on_configuration_error, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shared.messaging.consuming import MessageConsumer
    from shared.messaging.schedule import Schedule
    from shared.messaging.settings import TaskSettings

SCHEMA = 1
NOTHING, UNAVAILABLE = 1, 6

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


@dataclass(frozen=True, kw_only=True)
class Operated:
    """The service that the commands are about; its environment is read when one of them runs."""

    settings_class: type[TaskSettings]
    consumers: Sequence[MessageConsumer] = ()
    schedules: Sequence[Schedule] = ()

    def settings(self) -> TaskSettings:
        """Read the environment; exits with 2 when it lacks something. Logs are off from then on."""
        with exit_on_configuration_error():
            settings = load_settings(self.settings_class)
        # What is printed is the answer; a lost connection is one line on stderr.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        logging.disable(logging.CRITICAL)
        return settings

    def queues(self, settings: TaskSettings) -> list[str]:
        """Return the queues that are consumed, named without the prefix: `tasks.media`."""
        return [build_routes(each, settings.service_name).queue for each in self.consumers]


@contextmanager
def exit_when_unavailable(command: str) -> Iterator[None]:
    """Exit with 6, and one line on stderr, when the broker or the store is away."""
    try:
        yield
    except UnavailableError as error:
        click.echo(f"{command}: {error}", err=True)
        raise click.exceptions.Exit(UNAVAILABLE) from None


def print_json(command: str, **content: object) -> None:
    """Print an object with the version of its schema."""
    click.echo(to_json({"schema": SCHEMA, "command": command, **content}, indent=2))


def print_table(rows: Iterable[Sequence[str]]) -> None:
    """Print rows of equally many cells, in columns."""
    safe = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*safe, strict=True)]
    for row in safe:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def printable(text: str) -> str:
    """Return text that cannot move a terminal's cursor, or worse: messages hold anything."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
