"""Cursors come back as they were, and made-up ones are refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel

from shared.errors import BadRequestError
from shared.pagination import Page, cut_page, decode_cursor, encode_cursor


class Key(BaseModel):
    created_at: datetime
    id: UUID


class PairKey(NamedTuple):
    created_at: datetime
    id: UUID


NOW = datetime(2026, 11, 24, 12, 30, 0, 123456, tzinfo=UTC)


def test_a_cursor_gives_the_typed_key_back() -> None:
    model, pair = Key(created_at=NOW, id=uuid4()), PairKey(NOW, uuid4())

    assert decode_cursor(encode_cursor(model), Key) == model
    assert decode_cursor(encode_cursor(pair), PairKey) == pair
    assert decode_cursor(encode_cursor((1, "ä")), tuple[int, str]) == (1, "ä")


def test_a_cursor_fits_into_a_query_unescaped() -> None:
    for number in range(100):
        cursor = encode_cursor({"name": "?>~" * number})
        assert cursor.replace("-", "a").replace("_", "a").isalnum()


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "%%%", "ä", "e30", encode_cursor([1]), encode_cursor(None), encode_cursor("x") * 9],
)
def test_garbage_is_a_bad_request_that_names_the_cursor(cursor: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        decode_cursor(cursor, Key)

    assert caught.value.extensions == {"field": "cursor"}


def test_a_page_is_cut_at_the_limit_and_says_where_the_next_one_starts() -> None:
    rows, cursor = cut_page([1, 2, 3], 2, key=lambda row: {"id": row})

    assert rows == [1, 2]
    assert cursor == encode_cursor({"id": 2})
    assert Page[int](items=list(rows), next_cursor=cursor).next_cursor == cursor


def test_the_last_page_has_no_cursor() -> None:
    assert cut_page([1, 2], 2, key=lambda row: row) == ([1, 2], None)
