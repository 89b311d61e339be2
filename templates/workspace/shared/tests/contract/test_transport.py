"""The transport between a client and the fake of its provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest

from shared.errors import NotFoundError, UnavailableError
from shared.testing.contract import ContractError, checked
from tests.contract.examples import USER
from tests.contract.fakes import OPTIONS, PATH, client_of, fake

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_client_that_keeps_to_the_contract_notices_nothing(openapi: Path) -> None:
    with checked(httpx2.MockTransport(fake), openapi) as transport:
        async with client_of(transport) as client:
            assert await client.get(PATH, path_params=OPTIONS, into=dict[str, object]) == USER
            with pytest.raises(NotFoundError):
                await client.get("/api/v1/users/me", into=object)
            with pytest.raises(UnavailableError):
                await client.delete(PATH, path_params=OPTIONS, params={"version": 1})

    assert transport.findings == []


async def test_a_call_that_does_not_fails_there_and_again_in_the_end(openapi: Path) -> None:
    finding = "DELETE /api/v1/users/{user_id}: query version: it is missing"

    async def use() -> None:
        with checked(httpx2.MockTransport(fake), openapi) as transport:
            async with client_of(transport) as client:
                with pytest.raises(ContractError, match="query version"):
                    await client.delete(PATH, path_params=OPTIONS)

    with pytest.raises(ContractError) as caught:
        await use()
    assert str(caught.value) == finding
