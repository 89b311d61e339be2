"""A server's URL is read and written as clients do it; nothing is lost or shown on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.server_url import ServerUrl

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
NAMES = WORDS.filter(lambda word: word.strip("/") == word)
ALL = ("postgresql", "redis", "rediss", "amqp", "amqps")


def parse(url: str) -> ServerUrl:
    return ServerUrl.parse(url, *ALL)


@given(user=WORDS, password=WORDS, path=NAMES, scheme=st.sampled_from(["postgresql", "amqp"]))
def test_what_is_written_is_read_again(user: str, password: str, path: str, scheme: str) -> None:
    url = ServerUrl(
        scheme=scheme, host="db.example", port=5433, user=user, password=password, path=path
    )
    assert parse(url.url) == url


@pytest.mark.parametrize(
    ("url", "place", "path"),
    [
        ("postgresql://u:p@h:6000/d", "h:6000", "d"),
        ("postgres://h", "h:5432", "postgres"),
        ("postgresql+asyncpg://u@h/d", "h:5432", "d"),
        ("postgresql://u@[::1]:6000/d", "::1:6000", "d"),
        ("postgresql:///d?host=/run/pg&port=6000", "/run/pg:6000", "d"),
        ("redis://", "127.0.0.1:6379", "0"),
        ("redis://h?db=4", "h:6379", "4"),
        ("amqp://h", "h:5672", "/"),
        ("amqp://h/", "h:5672", "/"),
        ("amqp://h/%2F", "h:5672", "/"),
        ("amqps://u:p@h/v", "h:5671", "v"),
        ("amqp://u:%2F%40@[::1]:1/a%2Fb?cafile=%2Fca", "::1:1", "a/b"),
    ],
)
def test_forms_that_are_understood(url: str, place: str, path: str) -> None:
    read = parse(url)
    assert (read.place, read.path) == (place, path)
    assert parse(read.url) == read


@pytest.mark.parametrize(
    ("url", "user", "password"),
    [
        ("postgresql://h", "postgres", ""),
        ("redis://:secret@h", "", "secret"),
        ("amqp://h", "guest", "guest"),
        ("amqp://u@h", "u", "guest"),
        ("amqp://u:%2F%40@h", "u", "/@"),
    ],
)
def test_who_asks_where_nobody_is_named(url: str, user: str, password: str) -> None:
    assert (parse(url).user, parse(url).password) == (user, password)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@h:5432/d?sslmode=require&application_name=x",
        "redis://127.0.0.1:6379/0",
        "redis://:secret@redis:6379/0",
        "redis://ci:a%2Fb%40%25@redis.example:7000/3",
        "rediss://:secret@[::1]:6380/1?ssl_cert_reqs=none",
        "amqp://u:p@h:5672/",
    ],
)
def test_a_url_comes_back_as_it_was(url: str) -> None:
    assert parse(url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hunter2@h/d",
        "hunter2",
        "postgresql://u:hunter2@h:port/d",
        "postgresql://u:hunter2@[h/d",
        "postgresql://u:hunter2@h/d?port=x",
        "postgresql://u:hunter2@\u2100/d",
        "http://u:hunter2@h",
        "amqp://u:hunter2@h:port",
        "redis://:hunter2@h/a",
    ],
)
def test_a_url_that_is_refused_is_not_shown(url: str) -> None:
    with pytest.raises(
        ValueError, match=r"^it( does not begin with|s .* cannot be read|s path)"
    ) as caught:
        parse(url)
    assert "hunter2" not in str(caught.value)


def test_a_password_is_not_shown_by_accident() -> None:
    assert "hunter2" not in repr(parse("postgresql://u:hunter2@h/d"))
