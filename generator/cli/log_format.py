"""Puts a line of a service's log as a person or a program reads it: whose it is, and what."""

import json
from collections.abc import Sequence

_COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
_LEVELS = {"debug": 2, "warning": 33, "error": 31, "critical": 31}
_STACK = "exception.stacktrace"
# What stands elsewhere in the line that is shown.
_LEFT_OUT = frozenset({"message", "timestamp", "level", "logger", "service.name", _STACK})


class LineFormat:
    """How a line is shown.

    Args:
        coloured: for a person at a terminal: in colours, and JSON put into words.
    """

    def __init__(self, *, coloured: bool) -> None:
        self._coloured = coloured
        self._prefixes: dict[str, str] = {}

    def __call__(self, service: str, moment: str, lines: Sequence[str]) -> str:
        """The lines with whose they are, each with its end."""
        prefix = self._prefixes.get(service) or self._add(service)
        if self._coloured:
            lines = [_in_words(line, moment) for line in lines]
        between = f"\n{prefix}"
        return f"{prefix}{between.join(lines)}\n"

    def _add(self, service: str) -> str:
        names = [*self._prefixes, service]
        width = max(map(len, names))
        for number, name in enumerate(names):
            colour = _COLOURS[number % len(_COLOURS)]
            prefix = f"{name:<{width}} | "
            self._prefixes[name] = f"\x1b[{colour}m{prefix}\x1b[0m" if self._coloured else prefix
        return self._prefixes[service]


def _in_words(text: str, moment: str) -> str:
    """A line of a JSON log as a person reads it; any other line as it is."""
    fields = _fields(text)
    clock = f"\x1b[2m{moment[11:19]}\x1b[0m "
    if fields is None:
        return clock + text
    level = str(fields.get("level", "info"))
    # A list: at thousands of lines a second a generator is felt.
    rest = " ".join([f"{name}={value}" for name, value in fields.items() if name not in _LEFT_OUT])
    shown = f"\x1b[{_LEVELS[level]}m{level}\x1b[0m " if level in _LEVELS else ""
    stack = fields.get(_STACK, "")
    if stack:
        stack = "".join(f"\n    {line}" for line in str(stack).splitlines())
    return f"{clock}{shown}{fields['message']} \x1b[2m{rest}\x1b[0m{stack}"


def _fields(text: str) -> dict[str, object] | None:
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "message" in found else None
