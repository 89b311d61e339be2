"""A call is tried again where that is safe, and never more often than its request may cost."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from shared import errors
from shared.budget import Budget, BudgetMiddleware, budget_scope, current_budget
from shared.errors import UnavailableError
from shared.http import Retries, Timeouts
from tests.support.clients import client_of
from tests.support.front import KEY
from tests.support.provider import providing
from tests.support.replies import BUSY, CUT, Reply
from tests.support.running import FRONT, running

if TYPE_CHECKING:
    from shared.asgi import Message, Receive, Scope, Send


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
@pytest.mark.parametrize("first", [BUSY, CUT, Reply(status=429), Reply(status=504)])
async def test_what_may_be_done_twice_is_tried_again(method: str, first: Reply) -> None:
    replies = (first, BUSY, Reply(status=204, body=b""))
    async with providing(*replies) as provider, client_of(provider.url) as client:
        await client.request(method, "/users/1", into=object)

    assert len(provider.received) == 3


async def test_after_the_last_attempt_the_error_is_the_last_one() -> None:
    last = Reply(status=503, body=b'{"detail": "third"}')
    async with providing(CUT, BUSY, last) as provider, client_of(provider.url) as client:
        with pytest.raises(errors.UnavailableError, match="third"):
            await client.get("/users/1", into=object)

    assert len(provider.received) == 3


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_with_a_key_the_same_request_is_sent_again(method: str) -> None:
    async with providing(CUT, Reply()) as provider, client_of(provider.url) as client:
        await client.request(method, "/users", json={"a": 1}, into=object, idempotency_key="key-1")

    first, second = provider.received
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == "key-1"
    assert first.headers["x-request-id"] == second.headers["x-request-id"]
    assert first.body == second.body == b'{"a":1}'


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("reply", [BUSY, CUT, Reply(status=429), Reply(status=409)])
async def test_what_may_not_be_done_twice_is_sent_once(method: str, reply: Reply) -> None:
    async with providing(reply) as provider, client_of(provider.url) as client:
        with pytest.raises(errors.ServiceError):
            await client.request(method, "/users", json={}, into=object)

    assert len(provider.received) == 1


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(status=409, body=b'{"field": "email"}'), errors.ConflictError),
        (Reply(status=422, body=b'{"errors": []}'), errors.InvalidError),
        (Reply(status=404), errors.NotFoundError),
        (Reply(status=500), errors.BadGatewayError),
    ],
)
async def test_a_refusal_is_final_even_with_a_key(
    reply: Reply, kind: type[errors.ServiceError]
) -> None:
    async with providing(reply) as provider, client_of(provider.url) as client:
        with pytest.raises(kind):
            await client.post("/users", json={}, into=object, idempotency_key="key-1")

    assert len(provider.received) == 1


async def test_the_waits_grow_and_are_not_the_same_for_everybody(waits: list[float]) -> None:
    waiting = Retries(wait_initial=0.01, wait_max=1, wait_jitter=0.01)
    async with (
        providing(Reply(status=503)) as provider,
        client_of(provider.url, retries=waiting) as client,
    ):
        for _ in range(3):
            with pytest.raises(UnavailableError):
                await client.get("/", into=object)

    assert len(provider.received) == 9
    assert all(0.01 <= wait <= 0.02 for wait in waits[::2])
    assert all(0.02 <= wait <= 0.03 for wait in waits[1::2])
    assert len(set(waits)) > 2


QUICK = Retries(wait_initial=0.01, wait_max=0.02, wait_jitter=0.01)


def busy(seconds: str) -> Reply:
    return Reply(status=503, body=b"", headers={"Retry-After": seconds})


async def test_the_provider_says_how_long_to_wait(waits: list[float]) -> None:
    started = monotonic()
    async with (
        providing(busy("0.3"), Reply()) as provider,
        client_of(provider.url, retries=QUICK) as client,
    ):
        await client.get("/", into=object)

    assert monotonic() - started >= 0.3
    assert 0.3 <= waits[0] <= 0.31


async def test_a_wait_beyond_the_end_of_the_call_is_left_to_the_caller(
    waits: list[float],
) -> None:
    async with providing(busy("30")) as provider, client_of(provider.url) as client:
        with pytest.raises(UnavailableError) as caught:
            await client.get("/", into=object)

    assert caught.value.headers() == {"Retry-After": "30"}
    assert (len(provider.received), waits) == (1, [])


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


PATH = "/api/v1/things/a"

THREE = Retries(attempts=3)


async def test_over_two_hops_retries_add_up_and_do_not_multiply() -> None:
    """Each of the two callers makes three attempts: 3 + 1 + 1 requests arrive, and not 9."""
    async with providing(Reply(status=503, body=b'{"detail": "full"}')) as provider:
        variables = {"DATA_SERVICE_URL": provider.url, "DATA_SERVICE_API_KEY": KEY}
        async with running(FRONT, **variables) as front:
            client = client_of(await front.url(), retries=THREE)
            async with client:
                with pytest.raises(UnavailableError, match="full"):
                    await client.get(PATH, into=object)

    allowed = [request.headers["x-retry-budget"] for request in provider.received]
    assert allowed == ["2", "0", "0", "0", "0"]
    times = [float(request.headers["x-request-timeout"]) for request in provider.received]
    assert times == sorted(times, reverse=True)
    assert len({request.headers["x-request-id"] for request in provider.received}) == 1
