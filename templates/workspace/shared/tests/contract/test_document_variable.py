"""A variable names the document that calls are checked against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from shared.testing.contract import checked
from tests.contract.fakes import OPTIONS, PATH, client_of, fake

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_the_variable_names_another_document(
    openapi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRACT_OPENAPI", str(openapi))

    with checked(httpx2.MockTransport(fake), tmp_path / "none.json") as transport:
        async with client_of(transport) as client:
            await client.get(PATH, path_params=OPTIONS, into=object)
