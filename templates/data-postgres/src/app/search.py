"""Searching by prefix, in a form that an ordinary index can answer."""

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import InstrumentedAttribute

_ESCAPE = "\\"


def starts_with(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], text: str
) -> ColumnElement[bool]:
    """Tell whether the column starts with the text, in upper or lower case; `%` and `_` are plain.

    Needs an index on `lower(column) text_pattern_ops`.
    """
    plain = text.replace(_ESCAPE, _ESCAPE * 2).replace("%", r"\%").replace("_", r"\_")
    # Lowered by the database on both sides: its idea of lower case is the index's.
    return func.lower(column).like(func.lower(f"{plain}%"), escape=_ESCAPE)
