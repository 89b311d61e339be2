"""An address is read from a URL and written as one, and nothing is lost or shown on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.backing.postgres.address import Address

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@given(user=WORDS, password=WORDS, database=WORDS.filter(lambda word: word.strip("/") == word))
def test_what_is_written_is_read_again(user: str, password: str, database: str) -> None:
    address = Address(host="db.example", port=5433, user=user, password=password, database=database)
    assert Address.parse(address.url) == address


@pytest.mark.parametrize(
    ("url", "place", "database"),
    [
        ("postgresql://u:p@h:6000/d", "h:6000", "d"),
        ("postgres://h", "h:5432", "postgres"),
        ("postgresql+asyncpg://u@h/d", "h:5432", "d"),
        ("postgresql://u@[::1]:6000/d", "::1:6000", "d"),
        ("postgresql:///d?host=/run/pg&port=6000", "/run/pg:6000", "d"),
    ],
)
def test_forms_that_are_understood(url: str, place: str, database: str) -> None:
    address = Address.parse(url)
    assert (address.place, address.database) == (place, database)
    assert Address.parse(address.url) == address


def test_parameters_are_kept() -> None:
    address = Address.parse("postgresql://u@h/d?sslmode=require&application_name=x")
    assert address.url.endswith("/d?sslmode=require&application_name=x")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hunter2@h/d",
        "hunter2",
        "postgresql://u:hunter2@h:port/d",
        "postgresql://u:hunter2@[h/d",
        "postgresql://u:hunter2@h/d?port=x",
        "postgresql://u:hunter2@\u2100/d",
    ],
)
def test_a_url_that_is_refused_is_not_shown(url: str) -> None:
    with pytest.raises(ValueError, match=r"it does not begin with|cannot be read") as caught:
        Address.parse(url)
    assert "hunter2" not in str(caught.value)


def test_a_password_is_not_shown_by_accident() -> None:
    assert "hunter2" not in repr(Address.parse("postgresql://u:hunter2@h/d"))
