"""An AMQP URL is read as clients read it, and written so that they read the same again."""

import pytest

from generator.backing.rabbitmq.address import Address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("amqp://h", Address(host="h", port=5672)),
        ("amqp://h/", Address(host="h", port=5672)),
        ("amqp://h/%2F", Address(host="h", port=5672)),
        ("amqps://u:p@h/v", Address(host="h", port=5671, user="u", password="p", vhost="v",
                                    secure=True)),
        ("amqp://u:%2F%40@[::1]:1/a%2Fb?cafile=%2Fca",
         Address(host="::1", port=1, user="u", password="/@", vhost="a/b",
                 parameters=(("cafile", "/ca"),))),
    ],
)  # fmt: skip
def test_what_a_url_says(url: str, address: Address) -> None:
    assert Address.parse(url) == address
    assert Address.parse(address.url) == address


def test_the_password_is_not_shown() -> None:
    assert "hunter2" not in repr(Address.parse("amqp://u:hunter2@h/v"))


@pytest.mark.parametrize("url", ["http://u:hunter2@h", "amqp://u:hunter2@h:port", "hunter2"])
def test_what_is_no_such_url_is_refused_without_saying_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"^it(s| does)") as caught:
        Address.parse(url)
    assert "hunter2" not in str(caught.value)
