"""A page is its items and the way to the next one."""

from __future__ import annotations

from shared.fields import Page


def test_a_page_keeps_the_type_of_its_items() -> None:
    page = Page[int].model_validate({"items": ["1", 2], "next_cursor": "after-2"})
    assert page.items == [1, 2]
    assert page.next_cursor == "after-2"


def test_the_last_page_leads_nowhere() -> None:
    assert Page[str](items=[]).model_dump() == {"items": [], "next_cursor": None}
