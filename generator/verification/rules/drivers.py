"""Finds database drivers in a service that must reach its data over HTTP."""

from collections import deque
from collections.abc import Iterator, Sequence

from generator.verification.context import Subject
from generator.verification.rules.distributions import Installed, read_declared

DRIVERS = frozenset(
    {"asyncpg", "psycopg", "psycopg-binary", "psycopg-c", "psycopg2", "psycopg2-binary", "pg8000"}
    | {"aiopg", "sqlalchemy", "sqlmodel", "alembic", "databases", "piccolo", "ormar", "peewee"}
    | {"tortoise-orm", "pony", "django", "aiosqlite", "pymysql", "aiomysql", "asyncmy"}
    | {"mysqlclient", "mysql-connector-python", "mariadb", "pymongo", "motor", "beanie"}
    | {"mongoengine", "cassandra-driver", "clickhouse-connect", "clickhouse-driver", "oracledb"}
    | {"pyodbc", "duckdb"}
)


def find_drivers(subject: Subject, installed: Installed) -> Iterator[str]:
    """Each installed driver, with the way by which it came in."""
    declared = read_declared(subject)
    roots = sorted(declared.runtime | declared.groups)
    for driver in sorted((DRIVERS - subject.drivers) & installed.requires.keys()):
        way = " → ".join([subject.name, *path_to(driver, roots, installed)])
        yield f"{driver} is installed ({way}): only a data service may hold a database driver"


def path_to(wanted: str, roots: Sequence[str], installed: Installed) -> list[str]:
    """The shortest way from a direct dependency to a distribution, both included.

    Extras are followed only when there is no other way: which of them are on is not recorded.
    """
    both = {name: (*needs, *installed.optional[name]) for name, needs in installed.requires.items()}
    for edges in (installed.requires, both):
        queue = deque([root] for root in roots)
        seen = set(roots)
        while queue:
            path = queue.popleft()
            if path[-1] == wanted:
                return path
            fresh = [name for name in edges.get(path[-1], ()) if name not in seen]
            seen.update(fresh)
            queue.extend([*path, name] for name in fresh)
    return [wanted]
