"""Fixtures of the contract check: a provider's document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic_core import to_json

from shared.testing.contract import Contract
from tests.support.agreed import agreed_document

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    return agreed_document()


@pytest.fixture(scope="session")
def contract(document: dict[str, Any]) -> Contract:
    return Contract(document)


@pytest.fixture
def openapi(tmp_path: Path, document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CONTRACT_OPENAPI", raising=False)
    monkeypatch.delenv("CONTRACT_CALLS", raising=False)
    file = tmp_path / "openapi.json"
    file.write_bytes(to_json(document))
    return file
