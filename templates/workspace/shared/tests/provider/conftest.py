"""A service beside the provider that it calls, and the provider's fake on a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest
from pydantic_core import to_json

from shared.testing.provider import Provider, serving
from tests.support.agreed import agreed_document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a service whose provider is not here."""
    monkeypatch.delenv("CONTRACT_OPENAPI", raising=False)
    monkeypatch.delenv("CONTRACT_CALLS", raising=False)
    folder = tmp_path / "users-api"
    folder.mkdir()
    project = '[tool.contract]\nopenapi = "../users-data/openapi.json"\n'
    (folder / "pyproject.toml").write_text(project)
    return folder


@pytest.fixture
def openapi(service: Path) -> Path:
    """Return the document of the provider, which is here now."""
    return written(service.parent / "users-data/openapi.json")


@pytest.fixture
def fake(service: Path, openapi: Path) -> Provider:
    assert openapi.exists()
    return Provider(service)


@pytest.fixture
async def caller(fake: Provider) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield what the service under test would call the provider with."""
    headers = {"X-API-Key": "k"}
    async with (
        serving(fake) as url,
        httpx2.AsyncClient(base_url=url, headers=headers) as connected,
    ):
        yield connected


def written(document: Path) -> Path:
    document.parent.mkdir(exist_ok=True)
    document.write_bytes(to_json(agreed_document()))
    return document
