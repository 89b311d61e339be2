"""PostgreSQL: the rungs it may come from, in order."""

from generator.backing.ladder import LOOPBACK, Request, Rung, climb
from generator.backing.model import BackingKind, Opened, Started
from generator.backing.postgres.borrowed import use_environment, use_loopback
from generator.backing.postgres.docker import start_docker
from generator.backing.postgres.own import start_embedded, start_installed
from generator.backing.undo import Undo

_ENVIRONMENT = Rung(
    name="environment",
    open=use_environment,
    fix="export DATABASE_URL=postgresql://user:password@host:5432/database",
)
_INSTALLED = Rung(
    name="installed",
    open=start_installed,
    fix="sudo apt-get install -y --no-install-recommends postgresql",
)
_EMBEDDED = Rung(
    name="embedded", open=start_embedded, fix="pip install 'generator[embedded]'   (no root)"
)
_LOOPBACK = Rung(
    name=LOOPBACK,
    open=use_loopback,
    fix="export PGUSER=... PGPASSWORD=...   (for a server on 127.0.0.1)",
)
_DOCKER = Rung(name="docker", open=start_docker, fix="start Docker")


def open_postgres(request: Request, undo: Undo) -> tuple[Started, Opened]:
    """Open PostgreSQL on the first rung that fits.

    Raises:
        BackingUnavailableError: none fits.
    """
    rungs = (_ENVIRONMENT, _INSTALLED, _EMBEDDED, _LOOPBACK, _DOCKER)
    return climb(BackingKind.POSTGRES, "PostgreSQL", rungs, request=request, undo=undo)
