"""What can be done on the command line beside working."""

from collections.abc import Callable, Mapping, Sequence

from app.feature import consumers_of, schedules_of
from app.features import FEATURES, Settings
from shared.messaging.dead import run_dead_letters
from shared.messaging.schedule import cli
from shared.settings import load_settings


def _dlq(arguments: Sequence[str]) -> int:
    return run_dead_letters(arguments, Settings, consumers_of(FEATURES))


def _schedule(arguments: Sequence[str]) -> int:
    return cli.main(arguments, schedules_of(FEATURES), load_settings(Settings))


COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {"dlq": _dlq, "schedule": _schedule}
