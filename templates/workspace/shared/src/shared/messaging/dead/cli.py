"""The command `dlq` of a service that consumes."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING

import structlog

from shared.errors import UnavailableError
from shared.messaging.consuming.routes import routes_of
from shared.messaging.dead.cli_commands import COMMANDS
from shared.messaging.dead.cli_options import read_options
from shared.messaging.dead.opening import open_dead_letters
from shared.messaging.store import open_store
from shared.settings import exit_on_configuration_error, load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.messaging.consuming import Consumer
    from shared.messaging.dead.cli_options import Options
    from shared.messaging.settings import TaskSettings

UNAVAILABLE = 6


def run_dead_letters(
    arguments: Sequence[str], settings_class: type[TaskSettings], consumers: Sequence[Consumer]
) -> int:
    """Run `list`, `show`, `replay` or `purge` on the dead letters of these consumers.

    Returns 0, 1 when nothing has the id that was given, 6 when the broker or the store is away;
    exits with 2 when it is used wrongly or the environment lacks something.
    """
    with exit_on_configuration_error():
        settings = load_settings(settings_class)
    queues = [routes_of(each, settings.service_name).queue for each in consumers]
    options = read_options(arguments, queues)
    # What is printed is the answer; a lost connection is told in one line.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    try:
        return asyncio.run(_run(options, settings))
    except UnavailableError as error:
        sys.stderr.write(f"dlq: {error}\n")
        return UNAVAILABLE


async def _run(options: Options, settings: TaskSettings) -> int:
    async with open_store(settings) as store, open_dead_letters(settings, store) as letters:
        return await COMMANDS[options.command](letters, options)
