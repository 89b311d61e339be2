"""The rung that runs PostgreSQL in a container, where there is an engine."""

import secrets

from generator.backing.docker import Image, run_container
from generator.backing.ladder import Request
from generator.backing.model import Opened
from generator.backing.postgres.address import Address
from generator.backing.postgres.databases import Databases, read_rights
from generator.backing.undo import Undo

IMAGE = "postgres:17-alpine"


def start_docker(request: Request, undo: Undo) -> Opened:
    """Run a container that is removed when `undo` closes.

    Raises:
        UnsuitableError: there is no engine, or the container does not come up.
    """
    password = secrets.token_urlsafe(24)

    def at(port: int) -> Address:
        return Address(host="127.0.0.1", port=port, user="postgres", password=password)

    image = Image(
        name=IMAGE,
        port=5432,
        variables={"POSTGRES_PASSWORD": password},
        command=("-c", "fsync=off"),
    )
    container = run_container(image, lambda port: read_rights(at(port)), request=request, undo=undo)
    address = at(container.port)
    return Opened(
        detail=f"PostgreSQL {container.said.version} in container {container.name}"
        f" on {address.place}",
        isolate=Databases(address, container.said).isolate,
    )
