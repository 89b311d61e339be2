"""RabbitMQ: where it may come from, in order; no wheel holds one."""

from collections.abc import Iterator, Mapping

from generator.backing.cleanup import Cleanup
from generator.backing.docker import Image, container
from generator.backing.external import give_back, loopback, named, port_in, reached
from generator.backing.model import BackingKind, Opened, RefusedError
from generator.backing.naming import Naming
from generator.backing.providers import Provider, Request, UnsuitableError
from generator.backing.rabbitmq.connection import read_info
from generator.backing.rabbitmq.fetched import start_fetched
from generator.backing.rabbitmq.management import Management
from generator.backing.rabbitmq.programs import find_installed
from generator.backing.rabbitmq.server import ADMIN, own_url, start_own
from generator.backing.rabbitmq.vhosts import Vhosts
from generator.backing.runs import Run
from generator.server_url import ServerUrl

_MANAGEMENT = "GENERATOR_RABBITMQ_MANAGEMENT_URL"
_ADMINISTRATOR = "administrator"


def _start_installed(request: Request, cleanup: Cleanup) -> Opened:
    return start_own(find_installed(request), request, cleanup)


def _use(url: ServerUrl, request: Request, cleanup: Cleanup) -> Opened:
    info = reached(url.place, lambda: read_info(url))
    api = _management(url, request.environment)
    vhosts = Vhosts(url, api, Naming(run=request.run))
    give_back(Run(run=request.run, kind="rabbitmq", place=url.place), vhosts.remove_all, cleanup)
    _try_vhost(vhosts, api)
    detail = f"{info.version} at {url.place}, a virtual host for each service"
    return Opened(detail=detail, isolate=vhosts.isolate)


def _management(url: ServerUrl, environment: Mapping[str, str]) -> Management:
    """The API of the same server: where it was named, or else where it usually is."""
    usual = ("https", 15671) if url.secure else ("http", 15672)
    host = f"[{url.host}]" if ":" in url.host else url.host
    place = environment.get(_MANAGEMENT) or f"{usual[0]}://{host}:{usual[1]}"
    try:
        return Management.parse(place, user=url.user, password=url.password)
    except ValueError as error:
        raise UnsuitableError(f"{_MANAGEMENT}: {error}") from error


def _try_vhost(vhosts: Vhosts, api: Management) -> None:
    """Make a virtual host and remove it again.

    Raises:
        UnsuitableError: none can be made there.
    """
    place = f"the management API at {api.host}:{api.port}"
    needed = "each service needs a virtual host of its own"
    try:
        is_administrator = _ADMINISTRATOR in api.tags()
    except RefusedError as error:
        # What the API says to users without any right there; the broker has let this one in.
        is_administrator = False
        if error.code not in {"401", "403"}:
            raise UnsuitableError(f"{needed}, and {place} answers: {error}") from error
    except OSError as error:
        reason = f"{needed}, and {place}: {error.strerror or error}"
        raise UnsuitableError(f"{reason} (say where it is by {_MANAGEMENT})") from error
    if not is_administrator:
        raise UnsuitableError(f"{needed}, and {api.user} is no administrator at {place}")
    try:
        vhosts.isolate("trial")
    except UnsuitableError as error:
        # Another server's API listens there: so nobody is let in by this one.
        raise UnsuitableError(f"{needed}, and {place} is another server's") from error
    finally:
        vhosts.remove_all()


def on_loopback(environment: Mapping[str, str]) -> Iterator[ServerUrl]:
    """Who a server on 127.0.0.1 may be asked as."""
    yield ServerUrl(
        scheme="amqp",
        host="127.0.0.1",
        port=port_in(environment, "RABBITMQ_PORT", 5672),
        user=environment.get("RABBITMQ_USER") or "guest",
        password=environment.get("RABBITMQ_PASSWORD") or "guest",
        path="/",
    )


def remove_run(url: ServerUrl, run: str, environment: Mapping[str, str]) -> list[str]:
    """Remove what a run that has ended made there; a line for each thing that is left.

    Raises:
        OSError: the server does not answer.
        RefusedError: it does not let us in.
        UnsuitableError: it is no server that a run could have used.
    """
    vhosts = Vhosts(url, _management(url, environment), Naming(run=run))
    vhosts.find_all()
    return vhosts.remove_all()


def _in_container(ports: Mapping[int, int], password: str, request: Request) -> Opened:
    url = own_url(ports[5672], password)
    api = Management(host=url.host, port=ports[15672], user=ADMIN, password=password)
    info = read_info(url)
    # It opens its ports one after the other.
    api.tags()
    return Opened(detail=info.version, isolate=Vhosts(url, api, Naming(run=request.run)).isolate)


_IMAGE = Image(
    name="rabbitmq:4-management-alpine",
    ports=(5672, 15672),
    variables=lambda password: {"RABBITMQ_DEFAULT_USER": ADMIN, "RABBITMQ_DEFAULT_PASS": password},
)
PROVIDERS = (
    named(BackingKind.RABBITMQ, _use),
    Provider(
        name="installed",
        open=_start_installed,
        fix="sudo apt-get install -y --no-install-recommends rabbitmq-server",
        keeps=True,
    ),
    loopback(
        on_loopback,
        _use,
        "export RABBITMQ_USER=... RABBITMQ_PASSWORD=...   (for a server on 127.0.0.1)",
    ),
    container(_IMAGE, _in_container),
    Provider(
        name="fetch",
        open=start_fetched,
        fix="generator verify --fetch   (Debian and Ubuntu; about 35 MB, no root)",
        keeps=True,
    ),
)
