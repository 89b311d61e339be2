"""Puts a line of a service's log as a person or a program reads it: whose it is, and what."""

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

_COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
_LEVELS = {"debug": 2, "warning": 33, "error": 31, "critical": 31}
_STACK = "exception.stacktrace"
# Beside control characters, what turns the direction of the text after it, and lone surrogates.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
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
    clock = f"\x1b[2m{moment[11:19]}\x1b[0m "
    words = words_of(text)
    if words is None:
        return clock + without_controls(text)
    level = words.level
    shown = f"\x1b[{_LEVELS[level]}m{level}\x1b[0m " if level in _LEVELS else ""
    stack = "".join([f"\n    {line}" for line in words.stack])
    return f"{clock}{shown}{words.message} \x1b[2m{words.rest}\x1b[0m{stack}"


class LineWords(NamedTuple):
    """A line of a JSON log, taken apart for a person; nothing in it moves or colours a terminal."""

    level: str
    message: str
    rest: str
    stack: Sequence[str]


def words_of(text: str) -> LineWords | None:
    """The parts of a line of a JSON log; None for any other line."""
    fields = _fields(text)
    if fields is None:
        return None
    # A list: at thousands of lines a second a generator is felt.
    rest = " ".join([f"{name}={value}" for name, value in fields.items() if name not in _LEFT_OUT])
    return LineWords(
        level=str(fields.get("level", "info")),
        message=without_controls(str(fields["message"])),
        rest=without_controls(rest),
        stack=without_controls(str(fields.get(_STACK) or "")).splitlines(),
    )


def without_controls(text: str) -> str:
    """The text with a mark for everything that a terminal might obey, but the ends of lines.

    A line is read without such, but JSON can spell them: what is decoded has them again.
    """
    return text if text.isprintable() else _CONTROL.sub("\ufffd", text.expandtabs(4))


def _fields(text: str) -> dict[str, object] | None:
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "message" in found else None
