"""The provider that a service's tests call: a fake one, held to the real one's contract."""

from __future__ import annotations

import json
import os
import tomllib
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from httpx2 import ASGITransport, AsyncBaseTransport
from httpx2 import Request as Call
from httpx2 import Response as Answer

from shared.problem import install_problem_handlers
from shared.testing.contract import Contract, ContractTransport

if TYPE_CHECKING:
    from pathlib import Path

    from shared.asgi import Receive, Scope, Send
    from shared.testing.provider.faults import Fault


class Provider:
    """Answers as `app` does, unless there is a fault; remembers what it was asked.

    A test gives `app` its routes and sets `fault`. `findings` names whatever was asked or answered
    against the document of `[tool.contract]` in the `pyproject.toml` of the service at `root`.
    """

    def __init__(self, root: Path) -> None:
        document = _document(root)
        self._contract = None if document is None else Contract.load(document)
        self._schemas: dict[str, Any] = {}
        if document is not None:
            self._schemas = json.loads(document.read_text())["components"]["schemas"]
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
        members = self._schemas.get(schema, {}).get("properties", {})
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


def _document(root: Path) -> Path | None:
    """Return where the provider's openapi.json is, if it is here at all."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    named = os.environ.get("CONTRACT_OPENAPI") or project["tool"]["contract"]["openapi"]
    document = root / named
    return document if document.exists() else None
