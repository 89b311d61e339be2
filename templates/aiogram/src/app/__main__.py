"""Starts the process: serves the bot, or does one thing on the command line."""

import asyncio
import logging

import click

from app.application import asyncapi_document, build_application
from app.features import COMMANDS, OPERATED, Settings
from app.telegram import check_token
from app.updates.polling import check_alone
from shared.log import configure_logging
from shared.server import serve
from shared.settings import exit_on_configuration_error, load_settings


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Serve people until told to stop, or do one thing and end.

    The exit code is 2 when the environment lacks something, Telegram refuses the token or another
    process polls with it, or the command makes no sense.
    """
    context.obj = OPERATED
    if context.invoked_subcommand is None:
        context.invoke(run)


@main.command(name="serve")
def run() -> None:
    """Serve people until told to stop; this is what is done without a command."""
    with exit_on_configuration_error():
        settings = load_settings(Settings)
        configure_logging(settings)
        # One line of its own for each update, beside ours.
        logging.getLogger("aiogram.event").setLevel(logging.WARNING)
        asyncio.run(check(settings))
        serve(build_application(settings), settings)


async def check(settings: Settings) -> None:
    """Raise ConfigurationError for what Telegram refuses, before anything is opened."""
    await check_token(settings)
    if settings.bot_mode == "polling":
        await check_alone(settings)


@main.command()
def asyncapi() -> None:
    """Print the description of the messages, which is kept as asyncapi.json."""
    click.echo(asyncapi_document(), nl=False)


for command in COMMANDS:
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="python -m app")
