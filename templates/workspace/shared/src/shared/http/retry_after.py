"""How long a provider asks its callers to wait."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.http.answers import Answer

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def retry_after(answer: Answer, member: object) -> float | None:
    """Return the seconds to wait that the header names, a number or a date, or the member."""
    text = answer.headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text) if "." in text else int(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return member if isinstance(member, int | float) and member >= 0 else None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, ceil((zoned - datetime.now(UTC)).total_seconds()))
