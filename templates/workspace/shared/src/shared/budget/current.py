"""The budget of the request that is being served."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from shared.budget.limits import Budget

if TYPE_CHECKING:
    from collections.abc import Iterator

_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


def current_budget() -> Budget:
    """Return the budget of the request being served, without limits outside of one."""
    return _current.get() or Budget()


@contextmanager
def budget_scope(budget: Budget) -> Iterator[None]:
    """Make this the current budget until the block ends."""
    token = _current.set(budget)
    try:
        yield
    finally:
        _current.reset(token)
