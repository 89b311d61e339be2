"""Makes a database and a role for each service of a run, and takes all of them away again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.backing.model import RefusedError
from generator.backing.naming import Naming
from generator.backing.postgres.connection import Connection, Row
from generator.backing.providers import UnsuitableError
from generator.server_url import ServerUrl

OLDEST = 13
_LONGEST_NAME = 48  # of PostgreSQL's 63: a test suite appends to it
_END_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = '{}' AND backend_type = 'client backend'"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """What the server says about itself and about the role we came as."""

    version: str
    makes_databases: bool
    makes_roles: bool
    is_superuser: bool


def read_rights(admin: ServerUrl, *, seconds: float = 10.0) -> Rights:
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
        version=version.split()[0],
        makes_databases=databases or superuser,
        makes_roles=roles or superuser,
        is_superuser=superuser,
    )
    if int(number) < OLDEST * 10000:
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
        naming: names them.
    """

    def __init__(self, admin: ServerUrl, rights: Rights, naming: Naming) -> None:
        self._admin = admin
        self._rights = rights
        self._naming = naming

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

    def rename(self, old: str, new: str) -> bool:
        """Have a service's database and role belong to its new name; only where data are kept.

        Returns:
            Whether there was such a database, and none of the new name.

        Raises:
            UnsuitableError: the server does not answer, or refuses.
        """
        was, name = self._name(old), self._name(new)
        try:
            with Connection(self._admin) as connection:
                if not _is_free(connection, "pg_database", "datname", was, name):
                    return False
                connection.query(f'ALTER DATABASE "{was}" RENAME TO "{name}"')
                if _is_free(connection, "pg_roles", "rolname", was, name):
                    connection.query(f'ALTER ROLE "{was}" RENAME TO "{name}"')
        except (OSError, RefusedError) as error:
            reason = f"the database of {old} could not be renamed at {self._admin.place}: {error}"
            raise UnsuitableError(reason) from error
        return True

    def _name(self, service_name: str) -> str:
        word = re.sub(r"[^a-z0-9]+", "_", service_name.lower())
        return self._naming.next(word, longest=_LONGEST_NAME)

    def _make(self, name: str) -> ServerUrl:
        made = replace(self._admin, path=name)
        with Connection(self._admin) as connection:
            if self._rights.makes_roles:
                made = replace(made, user=name, password=self._naming.password(name))
                _make_role(connection, made, member=not self._rights.is_superuser)
            if [name] not in connection.query("SELECT datname FROM pg_database"):
                connection.query(
                    f'CREATE DATABASE "{name}" OWNER "{made.user}" TEMPLATE template0'
                    " ENCODING 'UTF8'"
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
            return [f"{self._admin.place}: databases and roles {self._naming.prefix}_* ({error})"]

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
            # WITH (FORCE) would also end autovacuum, which only a superuser may; a plain DROP asks
            # it to end.
            name = database.replace('""', '"').replace("'", "''")
            left += _attempt(connection, _END_SESSIONS.format(name))
            left += _attempt(connection, f'DROP DATABASE IF EXISTS "{database}"')
        for role in roles:
            left += _attempt(connection, f'DROP OWNED BY "{role}"')
            left += _attempt(connection, f'DROP ROLE IF EXISTS "{role}"')
        return left

    def _ours(self, rows: Sequence[Row]) -> list[str]:
        """The first value of each row that holds a name of this run, quoted for SQL."""
        ours = [
            row for row in rows if any(value.startswith(f"{self._naming.prefix}_") for value in row)
        ]
        return [row[0].replace('"', '""') for row in ours]


def _make_role(connection: Connection, made: ServerUrl, *, member: bool) -> None:
    known = connection.query("SELECT rolname FROM pg_roles")
    verb = "ALTER" if [made.user] in known else "CREATE"
    connection.query(f"{verb} ROLE \"{made.user}\" LOGIN CREATEDB PASSWORD '{made.password}'")
    if member:
        # Only a member may give a database to a role; a superuser may anyway.
        connection.query(f'GRANT "{made.user}" TO CURRENT_USER')


def _attempt(connection: Connection, sql: str) -> list[str]:
    try:
        connection.query(sql)
    except RefusedError as error:
        return [f"{sql}: {error}"]
    return []


def _is_free(connection: Connection, table: str, column: str, was: str, name: str) -> bool:
    """Whether something has the one name and nothing the other."""
    known = connection.query(f"SELECT {column} FROM {table}")  # noqa: S608 - both are ours
    return [was] in known and [name] not in known
