"""Logs in to a RabbitMQ server by py-amqp, and asks what it is."""

import re
import ssl
import struct
from typing import Any

import amqp
from amqp.exceptions import AMQPError, UnexpectedFrame

from generator.backing.model import RefusedError, ServerInfo
from generator.backing.providers import UnsuitableError
from generator.server_url import ServerUrl

OLDEST = (3, 10)
_NOT_AMQP = "it does not speak AMQP 0-9-1"
# What py-amqp stumbles over when whoever answers is no such server.
_NOT_THE_PROTOCOL = (UnexpectedFrame, KeyError, IndexError, ValueError, TypeError, struct.error)


def log_in(url: ServerUrl, *, seconds: float = 10.0) -> dict[str, Any]:
    """Log in to a virtual host and leave again; what the server said of itself.

    Args:
        url: where, and as whom.
        seconds: how long each answer may take.

    Raises:
        OSError: nothing answers, or the connection is lost.
        RefusedError: the server refuses the login or the virtual host, or is no such server.
    """
    session = amqp.Connection(
        host=url.authority,
        userid=url.user,
        password=url.password,
        login_method="PLAIN",
        virtual_host=url.path,
        ssl=_tls(url),
        connect_timeout=seconds,
        read_timeout=seconds,
        write_timeout=seconds,
    )
    try:
        session.connect()
        return dict(session.server_properties)
    except OSError as error:
        # First, because a certificate that is not to be trusted is a ValueError as well.
        if error.errno is None and not isinstance(error, (TimeoutError, ssl.SSLError)):
            raise ConnectionResetError("the server closed the connection") from error
        raise
    except _NOT_THE_PROTOCOL as error:
        raise RefusedError(_NOT_AMQP) from error
    except AMQPError as error:
        raise RefusedError(_reason(error.reply_text or str(error))) from error
    finally:
        # Closing the socket is enough: the server ends the session.
        session.collect()


def read_info(url: ServerUrl, *, seconds: float = 10.0) -> ServerInfo:
    """Ask the server what it is.

    Args:
        url: where, and as whom.
        seconds: how long each answer may take.

    Raises:
        OSError: it does not answer.
        RefusedError: it does not let us in, or is no such server.
        UnsuitableError: it is too old, or another product.
    """
    said = log_in(url, seconds=seconds)
    product, version = str(said.get("product", "a server")), str(said.get("version", "0"))
    if product != "RabbitMQ":
        raise UnsuitableError(f"it is {product} {version}; RabbitMQ is needed")
    if tuple(int(number) for number in re.findall(r"\d+", version)[:2]) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise UnsuitableError(f"it is RabbitMQ {version}; {oldest} or newer is needed")
    return ServerInfo(version=f"RabbitMQ {version}")


def _tls(url: ServerUrl) -> bool | dict[str, Any]:
    if not url.secure:
        return False
    if url.parameter("no_verify_ssl", "0") != "0":
        return {"cert_reqs": ssl.CERT_NONE}
    return {
        "cert_reqs": ssl.CERT_REQUIRED,
        "ca_certs": url.parameter("cafile") or None,
        "server_hostname": url.host,
    }


def _reason(said: str) -> str:
    # The server begins with its own word for the reason, and for a login ends with advice.
    return said.partition(" - ")[2].partition(". ")[0] or said
