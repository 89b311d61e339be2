"""One id follows a request into every line and back to the caller."""

from __future__ import annotations

import pytest
from structlog.contextvars import get_contextvars

from shared.correlation import accepted_request_id, current_request_id, request_scope


def test_a_scope_sets_the_id_for_the_code_and_for_the_log() -> None:
    with request_scope("outer"):
        with request_scope("inner"):
            assert current_request_id() == "inner"
            assert get_contextvars() == {"request_id": "inner"}
        assert current_request_id() == "outer"
    assert current_request_id() is None
    assert get_contextvars() == {}


@pytest.mark.parametrize("offered", ["a", "A-b_c.9", "x" * 128])
def test_a_harmless_id_is_kept(offered: str) -> None:
    assert accepted_request_id(offered) == offered


@pytest.mark.parametrize("offered", [None, "", "x" * 129, "a b", "a\n", "ä", '{"a":1}'])
def test_anything_else_is_replaced(offered: str | None) -> None:
    first, second = accepted_request_id(offered), accepted_request_id(offered)

    assert offered not in {first, second}
    assert first != second
