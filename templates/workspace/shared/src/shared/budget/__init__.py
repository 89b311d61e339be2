"""Carries from service to service what a request may still cost: retries and time.

A service that calls another one says in two headers how often the callee may retry for this
request and how many seconds are left of it. An attempt that is itself a retry allows none, so
over any number of hops retries add up and never multiply.
"""

from shared.budget.current import budget_scope, current_budget
from shared.budget.limits import Budget
from shared.budget.middleware import RETRY_BUDGET_HEADER, TIMEOUT_HEADER, BudgetMiddleware

__all__ = [
    "RETRY_BUDGET_HEADER",
    "TIMEOUT_HEADER",
    "Budget",
    "BudgetMiddleware",
    "budget_scope",
    "current_budget",
]
