"""The rungs that use a server somebody else runs: DATABASE_URL and loopback."""

import getpass
from collections.abc import Mapping

from generator.backing.borrowed import give_back, loopback_port, named_in_environment, reached
from generator.backing.ladder import Request, UnsuitableError
from generator.backing.model import Opened
from generator.backing.postgres.address import Address
from generator.backing.postgres.databases import Databases, read_rights
from generator.backing.undo import Undo


def use_environment(request: Request, undo: Undo) -> Opened:
    """Use the server of `DATABASE_URL`; once that is set nothing else is tried.

    Raises:
        UnsuitableError: it is not set, or (final) cannot be used.
    """

    def borrow(url: str, undo: Undo) -> Opened:
        return _borrow(Address.parse(url), undo)

    return named_in_environment("DATABASE_URL", borrow, request=request, undo=undo)


def use_loopback(request: Request, undo: Undo) -> Opened:
    """Use the server that runs on 127.0.0.1, as `PGUSER`, `postgres` or the caller.

    Raises:
        UnsuitableError: nothing answers there, or it does not let us in.
    """
    port = loopback_port("PGPORT", 5432, request=request)
    password = request.environment.get("PGPASSWORD", "")
    outcome = ""
    for user in _users(request.environment):
        address = Address(host="127.0.0.1", port=port, user=user, password=password)
        try:
            return _borrow(address, undo)
        except UnsuitableError as error:
            outcome = outcome or error.outcome
    raise UnsuitableError(outcome)


def _users(environment: Mapping[str, str]) -> list[str]:
    named = environment.get("PGUSER")
    return [named] if named else list(dict.fromkeys(("postgres", getpass.getuser())))


def _borrow(address: Address, undo: Undo) -> Opened:
    rights = reached(address.place, lambda: read_rights(address))
    databases = Databases(address, rights)
    give_back(databases.drop_all, undo)
    return Opened(
        detail=f'PostgreSQL {rights.version} at {address.place} as role "{address.user}"',
        isolate=databases.isolate,
    )
