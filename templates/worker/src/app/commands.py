"""What can be done on the command line beside working."""

from collections.abc import Callable, Mapping, Sequence

from app.features import FEATURES, Settings
from app.topology import schedules_of
from shared.messaging.dead import cli as dead_letters
from shared.messaging.schedule import cli as schedules
from shared.settings import load_settings


def _dlq(arguments: Sequence[str]) -> int:
    return dead_letters.main(arguments, load_settings(Settings))


def _schedule(arguments: Sequence[str]) -> int:
    return schedules.main(arguments, schedules_of(FEATURES))


COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {"dlq": _dlq, "schedule": _schedule}
