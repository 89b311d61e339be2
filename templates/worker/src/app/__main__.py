"""Starts the process: works, or does one thing on the command line."""

import click

from app.application import asyncapi_document, build_application
from app.feature import consumers_of, schedules_of
from app.features import FEATURES, Settings
from shared.log import configure_logging
from shared.messaging.commands import Operated, dlq, schedule, topology
from shared.server import serve
from shared.settings import exit_on_configuration_error, load_settings


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """MessageContext until told to stop, or do one thing and end.

    The exit code is 2 when the environment lacks something, or the command makes no sense.
    """
    context.obj = Operated(
        settings_class=Settings,
        consumers=consumers_of(FEATURES),
        schedules=schedules_of(FEATURES),
    )
    if context.invoked_subcommand is None:
        context.invoke(work)


@main.command(name="serve")
def work() -> None:
    """MessageContext until told to stop; this is what is done without a command."""
    with exit_on_configuration_error():
        settings = load_settings(Settings)
        configure_logging(settings)
        serve(build_application(settings), settings)


@main.command()
def asyncapi() -> None:
    """Print the description of the messages, which is kept as asyncapi.json."""
    click.echo(asyncapi_document(), nl=False)


main.add_command(dlq)
main.add_command(schedule)
main.add_command(topology)

if __name__ == "__main__":
    main(prog_name="python -m app")
