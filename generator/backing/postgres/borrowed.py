"""The rungs that use a server somebody else runs: DATABASE_URL and loopback."""

import getpass
from collections.abc import Mapping

from generator.backing.ladder import Request, UnsuitableError
from generator.backing.model import Opened
from generator.backing.postgres.address import Address
from generator.backing.postgres.databases import Databases, read_rights
from generator.backing.postgres.wire import RefusedError
from generator.backing.undo import Undo

_CURE = "Start that server, correct DATABASE_URL, or unset it to get an own server for the run."


def use_environment(request: Request, undo: Undo) -> Opened:
    """Use the server of `DATABASE_URL`; once that is set nothing else is tried.

    Raises:
        UnsuitableError: it is not set, or (final) cannot be used.
    """
    url = request.environment.get("DATABASE_URL", "")
    if not url:
        raise UnsuitableError("DATABASE_URL is not set")
    try:
        return _borrow(Address.parse(url), undo)
    except (ValueError, UnsuitableError) as error:
        raise UnsuitableError(f"DATABASE_URL: {error}", final=_CURE) from error


def use_loopback(request: Request, undo: Undo) -> Opened:
    """Use the server that runs on 127.0.0.1, as `PGUSER`, `postgres` or the caller.

    Raises:
        UnsuitableError: nothing answers there, or it does not let us in.
    """
    environment = request.environment
    port = environment.get("PGPORT") or "5432"
    if not port.isdecimal():
        raise UnsuitableError(f"PGPORT is not a number: {port}")
    password = environment.get("PGPASSWORD", "")
    outcome = ""
    for user in _users(environment):
        address = Address(host="127.0.0.1", port=int(port), user=user, password=password)
        try:
            return _borrow(address, undo)
        except UnsuitableError as error:
            outcome = outcome or error.outcome
    raise UnsuitableError(outcome)


def _users(environment: Mapping[str, str]) -> list[str]:
    named = environment.get("PGUSER")
    return [named] if named else list(dict.fromkeys(("postgres", getpass.getuser())))


def _borrow(address: Address, undo: Undo) -> Opened:
    try:
        rights = read_rights(address)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnsuitableError(f"{address.place}: {reason}") from error
    except RefusedError as error:
        raise UnsuitableError(f"{address.place} answers: {error}") from error
    databases = Databases(address, rights)
    with undo.making() as stack:
        stack.callback(lambda: undo.left_behind.extend(databases.drop_all()))
    return Opened(
        detail=f'PostgreSQL {rights.version} at {address.place} as role "{address.user}"',
        isolate=databases.isolate,
    )
