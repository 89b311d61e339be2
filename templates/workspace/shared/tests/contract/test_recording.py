"""Calls are recorded, so that a later document of the provider can be held against them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from shared.testing.contract import checked
from shared.testing.contract.__main__ import main
from tests.contract.fakes import OPTIONS, PATH, client_of, fake

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def text_of(file: Path) -> str:
    return file.read_text()


def renamed(openapi: Path, before: str, after: str) -> Path:
    """Return the document of a provider that has renamed something."""
    later = openapi.with_name("later.json")
    later.write_text(openapi.read_text().replace(before, after))
    return later


async def test_recorded_calls_can_be_checked_by_a_later_document(
    openapi: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    calls = tmp_path / "calls.jsonl"
    monkeypatch.setenv("CONTRACT_CALLS", str(calls))
    with checked(httpx2.MockTransport(fake), openapi) as transport:
        async with client_of(transport) as client:
            await client.get(PATH, path_params=OPTIONS, into=object)
            await client.post(
                "/api/v1/users", json={"email": "a@b", "nickname": "ann"}, into=object
            )
    assert main(str(calls), str(openapi)) == 0
    assert "hush" not in text_of(calls)

    later = renamed(openapi, "nickname", "alias")
    assert main(str(calls), str(later)) == 1
    assert capsys.readouterr().out == (
        "POST /api/v1/users: request body: Unevaluated properties are not allowed "
        "('nickname' was unexpected)\n"
    )
