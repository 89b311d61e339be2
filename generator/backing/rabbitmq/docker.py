"""The rung that runs RabbitMQ in a container, where there is an engine."""

import secrets

from generator.backing.docker import Image, run_container
from generator.backing.ladder import Request
from generator.backing.model import Opened
from generator.backing.rabbitmq.address import Address
from generator.backing.rabbitmq.naming import RoomNames
from generator.backing.rabbitmq.nature import read_nature
from generator.backing.rabbitmq.prefixes import Prefixes
from generator.backing.undo import Undo

IMAGE = "rabbitmq:4-alpine"
_USER = "generator"


def start_docker(request: Request, undo: Undo) -> Opened:
    """Run a container that is removed when `undo` closes.

    Raises:
        UnsuitableError: there is no engine, or the container does not come up.
    """
    password = secrets.token_urlsafe(24)

    def at(port: int) -> Address:
        return Address(host="127.0.0.1", port=port, user=_USER, password=password)

    image = Image(
        name=IMAGE,
        port=5672,
        variables={"RABBITMQ_DEFAULT_USER": _USER, "RABBITMQ_DEFAULT_PASS": password},
    )
    container = run_container(image, lambda port: read_nature(at(port)), request=request, undo=undo)
    address = at(container.port)
    return Opened(
        detail=f"{container.said.version} in container {container.name} on {address.place},"
        " a prefix for each service",
        # Only one port of the container is published, and it is not that of the management API.
        isolate=Prefixes(address, RoomNames(run=request.run)).isolate,
    )
