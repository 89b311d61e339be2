"""The small pieces that middlewares share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from prometheus_client import CollectorRegistry

from shared.asgi import UNMATCHED, header, route_template
from shared.correlation import RequestIdMiddleware
from shared.log import AccessLogMiddleware
from shared.metrics import MetricsMiddleware, RequestMetrics
from shared.problem import ProblemMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.asgi import App, Message, Receive, Scope, Send


def metered(app: App) -> MetricsMiddleware:
    return MetricsMiddleware(app, RequestMetrics(CollectorRegistry()))


def explained(app: App) -> ProblemMiddleware:
    return ProblemMiddleware(app, max_body_bytes=1000)


MIDDLEWARES = [RequestIdMiddleware, AccessLogMiddleware, explained, metered]


async def receive() -> Message:
    return {"type": "http.disconnect"}


@pytest.mark.parametrize("layer", MIDDLEWARES)
async def test_what_is_not_http_passes_through_every_layer(layer: Callable[[App], App]) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        await send(await receive())

    async def send(message: Message) -> None:
        seen.append(message)

    lifespan: Scope = {"type": "lifespan"}
    await layer(app)(lifespan, receive, send)

    assert seen == [lifespan, {"type": "http.disconnect"}]


async def test_an_answer_that_has_begun_is_cut_and_not_replaced() -> None:
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise asyncio.CancelledError

    async def send(message: Message) -> None:
        sent.append(message)

    with pytest.raises(asyncio.CancelledError):
        await explained(app)({"type": "http", "headers": []}, receive, send)

    assert [message["status"] for message in sent] == [200]


async def test_an_error_that_nobody_answered_reaches_the_server() -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError

    async def send(_: Message) -> None:
        raise AssertionError

    with pytest.raises(RuntimeError):
        await explained(app)({"type": "http", "headers": []}, receive, send)


def test_a_header_is_found_whatever_its_case() -> None:
    scope: Scope = {"headers": [(b"x-other", b"1"), (b"x-request-id", b"2")]}

    assert header(scope, "X-Request-ID") == "2"
    assert header(scope, "X-None") is None


def test_without_a_route_there_is_no_template() -> None:
    assert route_template({"path": "/secret"}) == UNMATCHED
