"""Stands between a client and the fake of its provider and checks both."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from shared.testing.contract.calls import RecordedCall
from shared.testing.contract.checks import Contract, ContractError

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS_VARIABLE = "CONTRACT_CALLS"


class ContractTransport(httpx2.AsyncBaseTransport):
    """Passes calls on to a fake, e.g. a MockTransport, and checks them and its answers.

    Raises ContractError for a call that is not as agreed. `findings` has them all: a service may
    turn the error into a 500 before the test sees it.
    """

    def __init__(self, fake: httpx2.AsyncBaseTransport, contract: Contract) -> None:
        self._fake, self._contract = fake, contract
        self.findings: list[str] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Make one call."""
        await request.aread()
        try:
            response = await self._fake.handle_async_request(request)
        except httpx2.TransportError:
            self._check(RecordedCall.of(request, None))
            raise
        await response.aread()
        self._check(RecordedCall.of(request, response))
        return response

    async def aclose(self) -> None:
        """Close the fake."""
        await self._fake.aclose()

    def _check(self, call: RecordedCall) -> None:
        if file := os.environ.get(CALLS_VARIABLE):
            call.append_to(Path(file))
        found = self._contract.findings(call)
        self.findings += found
        if found:
            raise ContractError("\n".join(found))


@contextmanager
def checked(fake: httpx2.AsyncBaseTransport, openapi: Path) -> Iterator[ContractTransport]:
    """Yield a transport for the client under test; ContractError in the end for any finding.

    `openapi` is the provider's committed document, unless the variable CONTRACT_OPENAPI names
    another. With the variable CONTRACT_CALLS every call is also appended to that file, as a line
    of JSON each, so that `python -m shared.testing.contract` can check them again.
    """
    transport = ContractTransport(fake, Contract.load(openapi))
    yield transport
    if transport.findings:
        raise ContractError("\n".join(dict.fromkeys(transport.findings)))
