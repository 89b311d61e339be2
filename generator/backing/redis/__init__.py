"""Redis: the rungs it may come from, in order."""

from generator.backing.ladder import LOOPBACK, Request, Rung, climb
from generator.backing.model import BackingKind, Opened, Started
from generator.backing.redis.borrowed import use_environment, use_loopback
from generator.backing.redis.docker import start_docker
from generator.backing.redis.own import start_embedded, start_installed
from generator.backing.undo import Undo

_ENVIRONMENT = Rung(
    name="environment",
    open=use_environment,
    fix="export REDIS_URL=redis://:password@host:6379/0",
)
_INSTALLED = Rung(
    name="installed",
    open=start_installed,
    fix="sudo apt-get install -y --no-install-recommends redis-server",
)
_EMBEDDED = Rung(
    name="embedded", open=start_embedded, fix="pip install 'generator[embedded]'   (no root)"
)
_LOOPBACK = Rung(
    name=LOOPBACK,
    open=use_loopback,
    fix="export REDISCLI_AUTH=...   (for a server on 127.0.0.1)",
)
_DOCKER = Rung(name="docker", open=start_docker, fix="start Docker")


def open_redis(request: Request, undo: Undo) -> tuple[Started, Opened]:
    """Open Redis on the first rung that fits.

    Raises:
        BackingUnavailableError: none fits.
    """
    rungs = (_ENVIRONMENT, _INSTALLED, _EMBEDDED, _LOOPBACK, _DOCKER)
    return climb(BackingKind.REDIS, "Redis", rungs, request=request, undo=undo)
