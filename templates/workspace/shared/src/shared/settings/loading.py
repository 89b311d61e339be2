"""Reads settings from the environment and explains what is wrong with it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from shared.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

EXIT_CODE = 2

S = TypeVar("S", bound=BaseSettings)


def environment_names(cls: type[BaseSettings]) -> tuple[str, ...]:
    """Return the variables that these settings read."""
    return tuple(field.upper() for field in cls.model_fields)


def load_settings(cls: type[S]) -> S:
    """Read the environment; raises ConfigurationError with one line for each bad variable."""
    try:
        return cls()
    except ValidationError as error:
        lines = [_line(cls, each) for each in error.errors(include_url=False)]
    except SettingsError as error:
        lines = [str(error)]
    # Raised out here, it does not carry the other error, which holds the values.
    raise ConfigurationError("\n".join(lines))


@contextmanager
def exit_on_configuration_error() -> Iterator[None]:
    """Print a ConfigurationError to stderr, one line for each variable, and exit with 2."""
    try:
        yield
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(EXIT_CODE)


def _line(cls: type[BaseSettings], error: ErrorDetails) -> str:
    if not error["loc"]:
        return _reason(error)
    field, *within = (str(part) for part in error["loc"])
    where = f"{field.upper()}{''.join(f'[{part}]' for part in within)}"
    problem = "is missing" if error["type"] == "missing" else f"is not valid: {_reason(error)}"
    return f"{where} {problem}{_example(cls, field)}"


def _reason(error: ErrorDetails) -> str:
    reason = error["msg"].removeprefix("Value error, ")
    value = error["input"]
    # Our own validators may quote what they were given, and that may be a secret.
    ours = error["type"] in {"value_error", "assertion_error"}
    return reason.replace(value, "***") if ours and isinstance(value, str) and value else reason


def _example(cls: type[BaseSettings], field: str) -> str:
    known = cls.model_fields.get(field)
    if known is None or not (known.examples or known.default):
        return ""
    example = known.examples[0] if known.examples else known.default
    return "" if known.is_required() and not known.examples else f", e.g. {field.upper()}={example}"
