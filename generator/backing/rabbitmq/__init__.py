"""RabbitMQ: the rungs it may come from, in order; no wheel holds one."""

from generator.backing.ladder import LOOPBACK, Request, Rung, UnsuitableError, climb
from generator.backing.model import BackingKind, Opened, Started
from generator.backing.rabbitmq.borrowed import use_environment, use_loopback
from generator.backing.rabbitmq.docker import start_docker
from generator.backing.rabbitmq.fetched import start_fetched
from generator.backing.rabbitmq.own import start_own
from generator.backing.rabbitmq.programs import find_installed
from generator.backing.undo import Undo


def _start_installed(request: Request, undo: Undo) -> Opened:
    return start_own(find_installed(request), request, undo)


def _start_embedded(_request: Request, _undo: Undo) -> Opened:
    raise UnsuitableError("no wheel holds RabbitMQ")


_ENVIRONMENT = Rung(
    name="environment",
    open=use_environment,
    fix="export AMQP_URL=amqp://user:password@host:5672/vhost",
)
_INSTALLED = Rung(
    name="installed",
    open=_start_installed,
    fix="sudo apt-get install -y --no-install-recommends rabbitmq-server",
)
_EMBEDDED = Rung(name="embedded", open=_start_embedded)
_LOOPBACK = Rung(
    name=LOOPBACK,
    open=use_loopback,
    fix="export RABBITMQ_USER=... RABBITMQ_PASSWORD=...   (for a server on 127.0.0.1)",
)
_DOCKER = Rung(name="docker", open=start_docker, fix="start Docker")
_FETCHED = Rung(
    name="fetch",
    open=start_fetched,
    fix="generator verify --fetch   (Debian and Ubuntu; about 35 MB, no root)",
)


def open_rabbitmq(request: Request, undo: Undo) -> tuple[Started, Opened]:
    """Open RabbitMQ on the first rung that fits.

    Raises:
        BackingUnavailableError: none fits.
    """
    rungs = (_ENVIRONMENT, _INSTALLED, _EMBEDDED, _LOOPBACK, _DOCKER, _FETCHED)
    return climb(BackingKind.RABBITMQ, "RabbitMQ", rungs, request=request, undo=undo)
