"""The rung that runs Redis in a container, where there is an engine."""

import secrets

from generator.backing.docker import Image, run_container
from generator.backing.ladder import Request
from generator.backing.model import Opened
from generator.backing.redis.address import Address
from generator.backing.redis.keys import Keys, read_nature
from generator.backing.undo import Undo

IMAGE = "redis:8-alpine"
# By standard input, because an argument would show the password to everyone who asks `ps`.
_COMMAND = 'echo "requirepass $REDIS_PASSWORD" | redis-server - --save "" --appendonly no'


def start_docker(request: Request, undo: Undo) -> Opened:
    """Run a container that is removed when `undo` closes.

    Raises:
        UnsuitableError: there is no engine, or the container does not come up.
    """
    password = secrets.token_urlsafe(24)

    def at(port: int) -> Address:
        return Address(host="127.0.0.1", port=port, password=password)

    image = Image(
        name=IMAGE,
        port=6379,
        variables={"REDIS_PASSWORD": password},
        command=("sh", "-c", _COMMAND),
    )
    container = run_container(image, lambda port: read_nature(at(port)), request=request, undo=undo)
    address = at(container.port)
    return Opened(
        detail=f"{container.said.version} in container {container.name} on {address.place}",
        isolate=Keys(address, request.run).isolate,
    )
