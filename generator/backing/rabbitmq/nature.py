"""What a RabbitMQ server is, and whether it is one that can be used."""

import re
from dataclasses import dataclass

from generator.backing.ladder import UnsuitableError
from generator.backing.rabbitmq.address import Address
from generator.backing.rabbitmq.wire import Connection

OLDEST = (3, 10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Nature:
    """What the server says about itself; `version` with its name: `RabbitMQ 3.10.8`."""

    version: str


def read_nature(address: Address, *, seconds: float = 10.0) -> Nature:
    """Ask the server what it is.

    Args:
        address: where, and as whom.
        seconds: how long each answer may take.

    Raises:
        OSError: it does not answer.
        RefusedError: it does not let us in, or is no such server.
        UnsuitableError: it is too old, or another product.
    """
    with Connection(address, seconds=seconds) as connection:
        greeting = connection.greeting
    product, version = greeting.get("product", "a server"), greeting.get("version", "0")
    if product != "RabbitMQ":
        raise UnsuitableError(f"it is {product} {version}; RabbitMQ is needed")
    if tuple(int(number) for number in re.findall(r"\d+", version)[:2]) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise UnsuitableError(f"it is RabbitMQ {version}; {oldest} or newer is needed")
    return Nature(version=f"RabbitMQ {version}")
