"""Keeps connections that the server has closed from reaching a request."""

from sqlalchemy import AdaptedConnection
from sqlalchemy.exc import DisconnectionError


def replace_closed(connection: AdaptedConnection, *_: object) -> None:
    """Have the pool open another connection in place of a closed one.

    So a restarted database costs no request. The driver knows when the server has hung up;
    `pool_pre_ping` would ask the server three times (BEGIN, ping, ROLLBACK) before each request.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError("the server has closed this connection")
