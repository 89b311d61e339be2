"""A request has a budget of retries and time, whoever made it."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from shared.budget import Budget, BudgetMiddleware, budget_scope, current_budget
from shared.errors import UnavailableError
from shared.http import Timeouts
from tests.support.clients import client_of
from tests.support.provider import providing
from tests.support.replies import BUSY

if TYPE_CHECKING:
    from shared.asgi import Message, Receive, Scope, Send


async def budget_of(**headers: str) -> Budget:
    seen: list[Budget] = []

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(current_budget())

    async def nothing() -> Message:
        raise AssertionError

    async def nowhere(_: Message) -> None:
        raise AssertionError

    lines = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope = {"type": "http", "headers": lines}
    await BudgetMiddleware(app)(scope, nothing, nowhere)
    assert current_budget() == Budget()
    return seen[0]


async def test_a_caller_may_limit_what_its_request_costs() -> None:
    budget = await budget_of(x_retry_budget="1", x_request_timeout="2.5")

    assert budget.retries_left(5) == 1
    assert 2 < budget.seconds_left(10) <= 2.5


@pytest.mark.parametrize("text", ["", "-1", "1e9", "many", "9" * 20, "٣", "inf", "nan"])
async def test_what_is_no_limit_is_none(text: str) -> None:
    budget = await budget_of(x_retry_budget=text, x_request_timeout=text)

    assert budget == Budget()
    assert (budget.retries_left(5), budget.seconds_left(10)) == (5, 10)


async def test_a_caller_cannot_ask_for_more_than_a_client_would_do() -> None:
    budget = await budget_of(x_retry_budget="999", x_request_timeout="999999")

    assert (budget.retries_left(2), budget.seconds_left(10)) == (2, 10)


async def test_all_calls_of_a_request_share_its_retries() -> None:
    async with providing(BUSY) as provider, client_of(provider.url) as client:
        with budget_scope(Budget(retries=3)):
            for _ in range(3):
                with pytest.raises(UnavailableError):
                    await client.get("/", into=object)

    allowed = [request.headers["x-retry-budget"] for request in provider.received]
    assert allowed == ["2", "0", "0", "1", "0", "0"]


async def test_calls_at_the_same_time_do_not_spend_a_retry_twice() -> None:
    async with providing(BUSY) as provider, client_of(provider.url) as client:
        with budget_scope(Budget(retries=1)):
            calls = (client.get("/", into=object) for _ in range(5))
            outcomes = await asyncio.gather(*calls, return_exceptions=True)

    assert all(isinstance(outcome, UnavailableError) for outcome in outcomes)
    assert len(provider.received) == 5 + 1


async def test_the_time_left_is_handed_on_and_kept_to() -> None:
    limits, late = Timeouts(total=5), pytest.raises(UnavailableError, match="in time")
    async with providing() as provider, client_of(provider.url, timeouts=limits) as client:
        with budget_scope(Budget(deadline=monotonic() + 2)):
            await client.get("/", into=object)
        with budget_scope(Budget(deadline=monotonic() - 1)), late:
            await client.get("/", into=object)

    assert len(provider.received) == 1
    assert 1 < float(provider.received[0].headers["x-request-timeout"]) <= 2
