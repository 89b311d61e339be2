"""What is as agreed has no findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.examples import ID, PROBLEM, USER, call

if TYPE_CHECKING:
    from shared.testing.contract import Contract, RecordedCall

PAGE = {"items": [USER, USER | {"nickname": None, "address": {"city": "Rome"}}]}


@pytest.mark.parametrize(
    "made",
    [
        call("GET", "?limit=5&active=true&ids=1&ids=2&search=12", got=PAGE),
        call("GET", "?ids=1&search=true", got=PAGE | {"next_cursor": "c"}),
        call("POST", "", 201, sent={"email": "a@b"}, got=USER),
        call("POST", "", 201, sent={"email": "a@b", "address": {"city": "Rome"}}, got=USER),
        call("POST", "", 409, sent={"email": "a@b"}, got=PROBLEM),
        call("GET", "/me", got=USER),
        call("GET", f"/{ID}", got=USER),
        call("GET", f"/{ID}", 404, got=PROBLEM),
        call("GET", f"/{ID}", 503, got=PROBLEM),
        call("DELETE", f"/{ID}?version=3", 204),
    ],
    ids=str,
)
def test_what_is_as_agreed_has_no_findings(contract: Contract, made: RecordedCall) -> None:
    assert contract.findings(made) == []
    assert contract.findings(made.model_copy(update={"status": None, "answer": None})) == []
