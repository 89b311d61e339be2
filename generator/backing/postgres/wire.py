"""A client of PostgreSQL's protocol, just enough to ask simple queries without a driver."""

import struct

from generator.backing.conversation import Conversation
from generator.backing.model import RefusedError
from generator.backing.postgres.address import Address
from generator.backing.postgres.authentication import AuthenticationError, Scram, hashed_password
from generator.backing.postgres.transport import connect

_PROTOCOL = 196608  # 3.0
_OK, _SASL_FINAL = 0, 12

Row = tuple[str | None, ...]


class Connection(Conversation):
    """One session; one thread at a time.

    Args:
        address: where to, and as whom.
        seconds: the time limit for each answer.

    Raises:
        OSError: nothing answers, or the connection is lost.
        RefusedError: the server refuses the login.
    """

    def __init__(self, address: Address, *, seconds: float = 10.0) -> None:
        try:
            super().__init__(connect(address, seconds=seconds))
        except AuthenticationError as error:
            raise RefusedError(str(error)) from error
        try:
            self._log_in(address)
        except BaseException:
            self._end()
            raise

    def query(self, sql: str) -> list[Row]:
        """Run one statement and return its rows, every value as text.

        Raises:
            OSError: the connection is lost, or the time is up.
            RefusedError: the server refuses the statement.
        """
        self._send(b"Q", sql.encode() + b"\0")
        rows: list[Row] = []
        refusal: RefusedError | None = None
        while (frame := self._receive())[0] != b"Z":
            kind, body = frame
            if kind == b"D":
                rows.append(_row(body))
            elif kind == b"E":
                refusal = _refusal(body)
        if refusal:
            raise refusal
        return rows

    def _log_in(self, address: Address) -> None:
        words = ("user", address.user, "database", address.database, "client_encoding", "UTF8")
        body = struct.pack("!i", _PROTOCOL) + "\0".join((*words, "", "")).encode()
        self._socket.sendall(struct.pack("!i", len(body) + 4) + body)
        scram = Scram(address.password)
        while (frame := self._receive())[0] != b"Z":
            kind, body = frame
            if kind == b"E":
                raise _refusal(body)
            if kind == b"R":
                self._prove(int.from_bytes(body[:4], "big"), body[4:], address, scram)

    def _prove(self, question: int, data: bytes, address: Address, scram: Scram) -> None:
        if question == _OK:
            return
        if not address.password:
            raise RefusedError(f'a password is needed for role "{address.user}"', code="28P01")
        try:
            if question == _SASL_FINAL:
                scram.check(data)
            else:
                self._send(b"p", _answer(question, data, address, scram))
        except AuthenticationError as error:
            raise RefusedError(str(error)) from error

    def _send(self, kind: bytes, body: bytes) -> None:
        self._socket.sendall(kind + struct.pack("!i", len(body) + 4) + body)

    def _receive(self) -> tuple[bytes, bytes]:
        head = self._exactly(5)
        return head[:1], self._exactly(int.from_bytes(head[1:], "big") - 4)


def _answer(question: int, data: bytes, address: Address, scram: Scram) -> bytes:
    match question:
        case 3:
            return address.password.encode() + b"\0"
        case 5:
            return hashed_password(address.user, address.password, data) + b"\0"
        case 10:
            return scram.first(data)
        case 11:
            return scram.proof(data)
    raise AuthenticationError(f"it asks for a way to log in that is not known here ({question})")


def _row(body: bytes) -> Row:
    values: list[str | None] = []
    position = 2
    for _ in range(int.from_bytes(body[:2], "big")):
        (length,) = struct.unpack_from("!i", body, position)
        position += 4
        if length < 0:
            values.append(None)
            continue
        values.append(body[position : position + length].decode())
        position += length
    return tuple(values)


def _refusal(body: bytes) -> RefusedError:
    fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    message = " ".join(fields.get(b"M", "no reason given").split())
    return RefusedError(message, code=fields.get(b"C", ""))
