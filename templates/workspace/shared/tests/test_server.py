"""A process starts, says so, and stops without losing a request."""

from __future__ import annotations

import asyncio
import signal
import socket
from typing import TYPE_CHECKING

import httpx2
import pytest

from tests.support.gate import Gate
from tests.support.running import HOLD, refuses_connections, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


@pytest.fixture
async def browser() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(timeout=30) as client:
        yield client


async def test_a_signal_during_start_up_closes_what_is_open() -> None:
    async with running(PEER="hangs") as service:
        await service.logged("peer hangs")
        service.process.send_signal(signal.SIGTERM)

        assert await service.code() == 0
        assert service.all("files closed")


@pytest.mark.parametrize(
    ("kind", "code", "reason"),
    [
        ("away", 3, "the peer is down"),
        ("refused", 3, "the peer is down"),
        ("misnamed", 2, "PEER_URL names nobody"),
        ("broker", 3, "the message broker of AMQP_URL did not answer within 0.2 s"),
    ],
)
async def test_what_is_not_there_at_the_start_ends_the_process_with_one_line(
    kind: str, code: int, reason: str
) -> None:
    # Nobody listens at this port.
    async with running(PEER=kind, AMQP_URL="amqp://guest:guest@127.0.0.1:9/") as service:
        assert await service.code() == code

    assert service.events[-1]["message"] == f"the process ends: {reason}, while opening Peer"
    assert service.all("files closed")
    assert "Traceback" not in str(service.events)


async def test_a_defect_at_the_start_ends_the_process_and_shows_its_place() -> None:
    async with running(PEER="broken") as service:
        assert await service.code() == 3

    last = service.events[-1]
    assert last["message"] == "the process ends: a defect, while opening Peer"
    assert "open_peer" in last["exception.stacktrace"]
    assert service.all("files closed")


async def test_a_taken_port_ends_the_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with running(PORT=taken.getsockname()[1]) as service:
            assert await service.code() == 3
            assert service.all("address already in use")
            assert service.all("files closed")


async def test_every_line_is_json_and_carries_the_request_id(
    gate: Gate, browser: httpx2.AsyncClient
) -> None:
    gate.open()
    async with running(GATE=gate) as service:
        answer = await browser.get(await service.url() + HOLD, headers={"X-Request-ID": "id-1"})
        access = await service.logged(f"GET {HOLD} 200")

    assert answer.headers["x-request-id"] == "id-1"
    assert service.all("holding")[0]["request_id"] == "id-1"
    assert service.all("holding")[0]["logger"] == "stdlib"
    expected = {"http.request.method": "GET", "http.route": HOLD, "consumer": "tester"}
    assert access.items() >= (expected | {"request_id": "id-1", "service.name": "held"}).items()
    assert access["duration_ms"] >= 0
    assert service.all("Uvicorn running")[0]["service.name"] == "held"


async def test_a_request_in_flight_is_finished_before_anything_is_closed(
    gate: Gate, browser: httpx2.AsyncClient
) -> None:
    async with running(GATE=gate) as service:
        held = asyncio.ensure_future(browser.get(await service.url() + HOLD))
        await service.logged("holding")
        service.process.send_signal(signal.SIGTERM)
        await refuses_connections(service)
        await service.logged("Waiting for connections to close")
        assert not service.all("files closed")
        gate.open()

        assert (await held).json() == "released"
        assert await service.code() == 0
        order = [event["message"] for event in service.events]
        assert order.index(f"GET {HOLD} 200") < order.index("files closed")


async def test_while_draining_ready_says_503_and_requests_are_still_served(
    browser: httpx2.AsyncClient,
) -> None:
    async with running(DRAIN_SECONDS=600) as service:
        url = await service.url()
        assert (await browser.get(url + "/ready")).status_code == 200
        service.process.send_signal(signal.SIGTERM)
        await service.logged("stopping")

        async with httpx2.AsyncClient() as newcomer:
            ready = await newcomer.get(url + "/ready")
            assert (ready.status_code, ready.json()["detail"]) == (503, "draining")
            assert (await newcomer.get(url + "/health")).status_code == 200
            assert (await newcomer.get(url + "/api/v1/items/3")).json() == 3


async def test_an_idle_connection_does_not_hold_up_the_end(
    browser: httpx2.AsyncClient,
) -> None:
    async with running(SHUTDOWN_GRACE_SECONDS=600) as service:
        await browser.get(await service.url() + "/health")
        service.process.send_signal(signal.SIGTERM)

        assert await service.code() == 0


async def test_a_request_longer_than_the_grace_is_cut(
    gate: Gate, browser: httpx2.AsyncClient
) -> None:
    async with running(GATE=gate, SHUTDOWN_GRACE_SECONDS=1) as service:
        held = asyncio.ensure_future(browser.get(await service.url() + HOLD))
        await service.logged("holding")
        service.process.send_signal(signal.SIGTERM)

        assert await service.code() == 0
        assert service.all("files closed")
        assert (await held).json().items() >= {"status": 503, "code": "unavailable"}.items()
        assert not service.all("Exception")


async def test_a_second_signal_stops_at_once(gate: Gate, browser: httpx2.AsyncClient) -> None:
    async with running(GATE=gate, SHUTDOWN_GRACE_SECONDS=600) as service:
        held = asyncio.ensure_future(browser.get(await service.url() + HOLD))
        await service.logged("holding")
        service.process.send_signal(signal.SIGTERM)
        await refuses_connections(service)
        service.process.send_signal(signal.SIGINT)

        assert await service.code() == 128 + signal.SIGINT
        await asyncio.gather(held, return_exceptions=True)


async def test_a_thread_that_cannot_be_cut_does_not_keep_the_process(
    browser: httpx2.AsyncClient,
) -> None:
    async with running(SHUTDOWN_GRACE_SECONDS=0) as service:
        held = asyncio.ensure_future(browser.get(await service.url() + "/api/v1/block"))
        await service.logged("blocking")
        service.process.send_signal(signal.SIGTERM)

        assert await service.code() == 1
        assert service.all("files closed")
        await asyncio.gather(held, return_exceptions=True)


async def test_metrics_have_a_port_of_their_own_for_as_long_as_the_process_lives(
    browser: httpx2.AsyncClient,
) -> None:
    async with running(DRAIN_SECONDS=600) as service:
        public = await service.url()
        metrics = (await service.logged("metrics are served"))["url.full"]
        assert (await browser.get(public + "/metrics")).status_code == 404
        service.process.send_signal(signal.SIGTERM)
        await service.logged("stopping")

        assert 'route="unmatched"' in (await browser.get(metrics)).text


async def test_a_metrics_port_that_is_taken_ends_the_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with running(METRICS_PORT=taken.getsockname()[1]) as service:
            assert await service.code() == 3
            assert "in use, while opening METRICS_PORT" in service.events[-1]["message"]


@pytest.mark.parametrize("trusted", ["127.0.0.1", "10.0.0.0/8", "127.0.0.1,*"])
async def test_the_address_of_a_caller_comes_from_trusted_proxies_only(
    browser: httpx2.AsyncClient, trusted: str
) -> None:
    async with running(FORWARDED_ALLOW_IPS=trusted) as service:
        url = f"{await service.url()}/api/v1/items/3"
        await browser.get(url, headers={"X-Forwarded-For": "203.0.113.7"})
        line = await service.logged("GET /api/v1/items/3")

    assert line["client.address"] == ("127.0.0.1" if trusted[0:2] == "10" else "203.0.113.7")
