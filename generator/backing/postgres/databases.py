"""Makes a database and a role for each service of a run, and takes all of them away again."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.backing.ladder import UnsuitableError
from generator.backing.model import RefusedError
from generator.backing.postgres.address import Address
from generator.backing.postgres.wire import Connection, Row

OLDEST = 13
_LONGEST_NAME = 48  # of PostgreSQL's 63: a test suite appends to it


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """What the server says about itself and about the role we came as."""

    version: str
    makes_databases: bool
    makes_roles: bool
    is_superuser: bool


def read_rights(admin: Address, *, seconds: float = 10.0) -> Rights:
    """Ask the server who we are there.

    Args:
        admin: where, and as whom.
        seconds: how long each answer may take.

    Raises:
        OSError: it does not answer.
        RefusedError: it does not let us in.
        UnsuitableError: it is too old, or the role may not make databases.
    """
    with Connection(admin, seconds=seconds) as connection:
        [(number, version, databases, roles, superuser)] = connection.query(
            "SELECT current_setting('server_version_num'), current_setting('server_version'),"
            " rolcreatedb, rolcreaterole, rolsuper FROM pg_roles WHERE rolname = current_user"
        )
    rights = Rights(
        version=(version or "").split()[0],
        makes_databases="t" in {databases, superuser},
        makes_roles="t" in {roles, superuser},
        is_superuser=superuser == "t",
    )
    if int(number or 0) < OLDEST * 10000:
        raise UnsuitableError(f"it is PostgreSQL {rights.version}; {OLDEST} or newer is needed")
    if not rights.makes_databases:
        raise UnsuitableError(
            f'role "{admin.user}" at {admin.place} may not make databases:'
            f' ALTER ROLE "{admin.user}" CREATEDB CREATEROLE'
        )
    return rights


class Databases:
    """The databases and roles of one run on one server.

    Every name begins with a prefix of this run, so what is ours can be told from what is not,
    and two runs on one server do not meet.

    Args:
        admin: a role that may make databases, and roles unless each service is to share it.
        rights: what that role may do.
    """

    def __init__(self, admin: Address, rights: Rights) -> None:
        self._admin = admin
        self._rights = rights
        self._prefix = f"verify_{secrets.token_hex(4)}_"
        self._names: set[str] = set()

    def isolate(self, service_name: str) -> dict[str, str]:
        """Make a database whose owner may make more of them; return `DATABASE_URL`.

        Raises:
            UnsuitableError: the server does not answer, or refuses.
        """
        try:
            return {"DATABASE_URL": self._make(self._name(service_name)).url}
        except (OSError, RefusedError) as error:
            reason = f"no database could be made at {self._admin.place}: {error}"
            raise UnsuitableError(reason) from error

    def _make(self, name: str) -> Address:
        made = replace(self._admin, database=name)
        with Connection(self._admin) as connection:
            if self._rights.makes_roles:
                made = replace(made, user=name, password=secrets.token_urlsafe(24))
                _make_role(connection, made, member=not self._rights.is_superuser)
            connection.query(
                f'CREATE DATABASE "{name}" OWNER "{made.user}" TEMPLATE template0 ENCODING \'UTF8\''
            )
            connection.query(f'REVOKE CONNECT ON DATABASE "{name}" FROM PUBLIC')
        with Connection(made) as connection:
            connection.query("SELECT 1")
        return made

    def drop_all(self) -> list[str]:
        """Remove every database and role of this run; returns one line for each that is left."""
        try:
            with Connection(self._admin) as connection:
                return [f"{self._admin.place}: {line}" for line in self._drop_all(connection)]
        except (OSError, RefusedError) as error:
            return [f"{self._admin.place}: databases and roles {self._prefix}* ({error})"]

    def _drop_all(self, connection: Connection) -> list[str]:
        owners = connection.query(
            "SELECT datname, rolname FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba"
        )
        roles = self._ours(connection.query("SELECT rolname FROM pg_roles"))
        databases = self._ours(owners)
        left: list[str] = []
        for role in roles:
            # First, so that a test suite that is still running cannot come back.
            left += _attempt(connection, f'ALTER ROLE "{role}" NOLOGIN NOCREATEDB')
        for database in databases:
            left += _attempt(connection, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        for role in roles:
            left += _attempt(connection, f'DROP OWNED BY "{role}"')
            left += _attempt(connection, f'DROP ROLE IF EXISTS "{role}"')
        return left

    def _ours(self, rows: Sequence[Row]) -> list[str]:
        """The first value of each row that holds a name of this run, quoted for SQL."""
        ours = [row for row in rows if any((value or "").startswith(self._prefix) for value in row)]
        return [(row[0] or "").replace('"', '""') for row in ours]

    def _name(self, service_name: str) -> str:
        word = re.sub(r"[^a-z0-9]+", "_", service_name.lower())
        name = stem = f"{self._prefix}{word}"[:_LONGEST_NAME]
        while name in self._names:
            name = f"{stem[: _LONGEST_NAME - 4]}_{len(self._names)}"
        self._names.add(name)
        return name


def _make_role(connection: Connection, made: Address, *, member: bool) -> None:
    connection.query(f"CREATE ROLE \"{made.user}\" LOGIN CREATEDB PASSWORD '{made.password}'")
    if member:
        # Only a member may give a database to a role; a superuser may anyway.
        connection.query(f'GRANT "{made.user}" TO CURRENT_USER')


def _attempt(connection: Connection, sql: str) -> list[str]:
    try:
        connection.query(sql)
    except RefusedError as error:
        return [f"{sql}: {error}"]
    return []
