"""A Redis URL is read and written without losing or showing anything."""

import pytest

from generator.backing.redis.address import Address


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:6379/0",
        "redis://:secret@redis:6379/0",
        "redis://ci:a%2Fb%40%25@redis.example:7000/3",
        "rediss://:secret@[::1]:6380/1?ssl_cert_reqs=none",
    ],
)
def test_a_url_comes_back_as_it_was(url: str) -> None:
    assert Address.parse(url).url == url


def test_what_is_left_out_has_the_usual_value() -> None:
    address = Address.parse("redis://")
    assert (address.host, address.port, address.database) == ("127.0.0.1", 6379, 0)
    assert Address.parse("redis://h?db=4").database == 4


def test_a_password_is_never_shown() -> None:
    assert "hunter2" not in repr(Address.parse("redis://:hunter2@h/0"))


@pytest.mark.parametrize(
    "url", ["http://:hunter2@h/0", "redis://:hunter2@h:x/0", "redis://:hunter2@h/a", "rediss://[h"]
)
def test_what_is_no_such_url_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ValueError, match=r"^it") as caught:
        Address.parse(url)
    assert "hunter2" not in str(caught.value)
