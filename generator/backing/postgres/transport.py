"""Opens the byte stream to a PostgreSQL server: TCP or unix socket, plain or TLS."""

import socket
import ssl

from generator.backing.postgres.address import Address
from generator.backing.postgres.authentication import AuthenticationError

_TLS_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def connect(address: Address, *, seconds: float) -> socket.socket:
    """Connect, with TLS as the address's `sslmode` says (`prefer` when it says nothing).

    Args:
        address: where to.
        seconds: the time limit of every later wait on the stream, too.

    Raises:
        OSError: nothing answers there.
        AuthenticationError: TLS is asked for and the server has none, or an unknown `sslmode`.
    """
    parameters = dict(address.parameters)
    mode = parameters.get("sslmode") or parameters.get("ssl") or "prefer"
    if mode not in _MODES:
        raise AuthenticationError(f"sslmode is none of {', '.join(_MODES)}")
    if address.is_socket:
        stream = socket.socket(socket.AF_UNIX)
        stream.settimeout(seconds)
        stream.connect(f"{address.host}/.s.PGSQL.{address.port}")
        return stream
    stream = socket.create_connection((address.host, address.port), seconds)
    if mode == "disable":
        return stream
    try:
        return _secured(stream, address.host, mode=mode, roots=parameters.get("sslrootcert"))
    except BaseException:
        stream.close()
        raise


def _secured(stream: socket.socket, host: str, *, mode: str, roots: str | None) -> socket.socket:
    stream.sendall(_TLS_REQUEST)
    if stream.recv(1) != b"S":
        if mode in {"allow", "prefer"}:
            return stream
        raise AuthenticationError(f"it speaks no TLS, and sslmode={mode} asks for it")
    context = ssl.create_default_context(cafile=roots)
    context.check_hostname = mode == "verify-full"
    if not mode.startswith("verify"):
        # What libpq does for these modes: encrypt, and trust whoever answers.
        context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(stream, server_hostname=host)
