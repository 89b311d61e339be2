"""A fake of the service that another one calls: real HTTP, held to a contract, with faults."""

from __future__ import annotations

import asyncio
import socket
import tomllib
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import uvicorn
from fastapi import FastAPI, Request, Response
from httpx2 import ASGITransport, AsyncBaseTransport
from httpx2 import Request as Call
from httpx2 import Response as Answer

from shared.problem import install_problem_handlers
from shared.testing.contract import Contract, ContractTransport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from shared.asgi import App, Receive, Scope, Send


Fault: TypeAlias = Callable[[], Awaitable[Answer | None]]

_JSON = {"Content-Type": "application/json"}


def answering(status: int, content: str = "", **headers: str) -> Fault:
    """Always give this answer."""

    async def fault() -> Answer:
        return Answer(status, headers=_JSON | headers, content=content.encode())

    return fault


def flapping(status: int) -> Fault:
    """Give this answer to every other request, to the first one first."""
    asked = 0

    async def fault() -> Answer | None:
        nonlocal asked
        asked += 1
        return Answer(status) if asked % 2 else None

    return fault


def hanging(until: asyncio.Event) -> Fault:
    """Answer nothing before that, and with 503 afterwards."""

    async def fault() -> Answer:
        await until.wait()
        return Answer(503)

    return fault


class Provider:
    """Answers as `app` does, unless there is a fault; remembers what it was asked.

    A test gives `app` its routes and sets `fault`. `findings` names whatever was asked or answered
    against the document of `[tool.contract]` in the `pyproject.toml` of the service at `root`.
    """

    def __init__(self, root: Path, link: str = "") -> None:
        agreed = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["contract"]
        self._contract: Contract | None = None
        # A service that stands alone has no provider beside it.
        with suppress(FileNotFoundError):
            self._contract = Contract.load(root / agreed[link or "openapi"], link)
        self.reset()

    def reset(self) -> None:
        """Begin anew: nothing but /health, no fault."""
        self.app = FastAPI()
        self.app.get("/health")(_healthy)
        install_problem_handlers(self.app)
        self.fault: Fault | None = None
        self.calls: list[str] = []
        self.findings: list[str] = []

    def nulls(self, schema: str) -> dict[str, Any]:
        """Return the members of a schema of the contract that may be null, each of them null.

        What a fake answers begins with them, so that a new one needs no change of the fake.
        """
        schemas = self._contract.components.get("schemas", {}) if self._contract else {}
        members = schemas.get(schema, {}).get("properties", {})
        null = {"type": "null"}
        return {name: None for name, each in members.items() if null in each.get("anyOf", ())}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of the service under test."""
        asked = Request(scope, receive)
        self.calls.append(f"{asked.method} {asked.url.path}")
        url, headers, content = str(asked.url), asked.headers.raw, await asked.body()
        answer = await self._answer(Call(asked.method, url, headers=headers, content=content))
        response = Response(await answer.aread(), answer.status_code, answer.headers)
        await response(scope, receive, send)

    async def _answer(self, call: Call) -> Answer:
        # What goes wrong is in no contract.
        wrong = await self.fault() if self.fault else None
        if wrong is not None:
            return wrong
        transport: AsyncBaseTransport = ASGITransport(self.app)
        if self._contract is None:
            return await transport.handle_async_request(call)
        checked = ContractTransport(transport, self._contract)
        try:
            return await checked.handle_async_request(call)
        finally:
            self.findings += checked.findings


async def _healthy() -> dict[str, str]:
    return {"status": "ok"}


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[str]:
    """Yield the URL of the application until the block ends."""
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        task = asyncio.ensure_future(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
