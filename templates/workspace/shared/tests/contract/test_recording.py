"""Calls are checked as they are made, kept, and checked again by a command."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import httpx2
import pytest

from shared.errors import NotFoundError, UnavailableError
from shared.testing.contract import ContractError, checked
from shared.testing.contract.__main__ import main
from tests.contract.examples import USER, call
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


async def test_each_link_has_variables_of_its_own(
    openapi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    monkeypatch.setenv("CONTRACT_CALLS", str(first))
    monkeypatch.setenv("CONTRACT_CALLS_USERS_API", str(second))
    monkeypatch.setenv("CONTRACT_OPENAPI_USERS_API", str(openapi))
    with checked(httpx2.MockTransport(fake), tmp_path / "none.json", "users_api") as transport:
        async with client_of(transport) as client:
            await client.get(PATH, path_params=OPTIONS, into=object)
    assert not first.exists()
    assert main(str(second), str(openapi)) == 0


async def test_the_variable_names_another_document(
    openapi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRACT_OPENAPI", str(openapi))

    with checked(httpx2.MockTransport(fake), tmp_path / "none.json") as transport:
        async with client_of(transport) as client:
            await client.get(PATH, path_params=OPTIONS, into=object)


def test_a_finding_is_printed_once_and_is_exit_code_1(openapi: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls.jsonl"
    for path in ("/me", "/you", "/you"):
        call("GET", path, got=USER).append_to(calls)
    command = [sys.executable, "-m", "shared.testing.contract", str(calls), str(openapi)]

    done = subprocess.run(command, check=False, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("GET /api/v1/users/{user_id}: path user_id: ")
    assert done.stdout.count("\n") == 1


def test_what_is_as_agreed_is_exit_code_0(
    openapi: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = tmp_path / "calls.jsonl"
    call("GET", "/me", got=USER).append_to(calls)

    assert main(str(calls), str(openapi)) == 0
    assert capsys.readouterr().out == ""
