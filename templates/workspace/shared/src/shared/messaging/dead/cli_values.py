"""Reads the values of options."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_MOST = 9_999_999


def moment_before(age: str) -> datetime:
    """Return the moment that was so long ago: 30s, 10m, 2h or 7d."""
    found = re.fullmatch(r"([0-9]{1,5})([smhd])", age)
    if found is None:
        raise ArgumentTypeError(f"{age!r} is not an age such as 30s, 10m, 2h or 7d")
    return datetime.now(UTC) - timedelta(**{_UNITS[found[2]]: int(found[1])})


def count_of(text: str) -> int:
    """Return a number above zero."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _MOST):
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to {_MOST}")
    return int(text)
