"""What a client declares is heard wherever the network cuts its bytes."""

import pytest

from generator.backing.rabbitmq.frames import (
    PROTOCOL,
    Declared,
    long_text,
    method_frame,
    short_text,
)

QUEUE, EXCHANGE, DELETE = (50, 10), (40, 10), (50, 40)
BODY = b"\x03\0\1\0\0\0\x05\x01\0\x32\0\x0a\xce"


def _named(method: tuple[int, int], name: str) -> bytes:
    return method_frame(1, method, b"\0\0" + short_text(name) + b"\0" + long_text(b""))


@pytest.mark.parametrize("size", [1, 7, 11, 4096])
def test_declared_queues_and_exchanges_are_heard(size: int) -> None:
    said = PROTOCOL + _named(QUEUE, "a") + BODY + _named(EXCHANGE, "é.b") + _named(DELETE, "c")
    declared = Declared()
    for start in range(0, len(said), size):
        declared.hear(said[start : start + size])
    assert declared.names == {("queue", "a"), ("exchange", "é.b")}


def test_a_frame_that_is_not_whole_is_waited_for() -> None:
    said = PROTOCOL + _named(QUEUE, "a")
    declared = Declared()
    declared.hear(said[:-1])
    assert declared.names == set()
    declared.hear(said[-1:])
    assert declared.names == {("queue", "a")}
