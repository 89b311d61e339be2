"""An own PostgreSQL for the time of a test run, from the binaries that are installed."""

from shared.testing.postgres.binaries import PostgresError, find_binaries
from shared.testing.postgres.instance import database_server, own_server

__all__ = ["PostgresError", "database_server", "find_binaries", "own_server"]
