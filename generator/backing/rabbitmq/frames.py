"""Reads and writes the frames of AMQP 0-9-1, of which only methods matter here."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

PROTOCOL = b"AMQP\x00\x00\x09\x01"
_METHOD, _HEADER, _END = 1, 7, b"\xce"
# How many bytes the values of a table take, by their type; others say their length.
_FIXED = {"t": 1, "b": 1, "B": 1, "s": 2, "u": 2, "I": 4, "i": 4, "f": 4, "D": 5, "l": 8, "L": 8,
          "d": 8, "T": 8, "V": 0}  # fmt: skip
_DECLARES = {(50, 10): "queue", (40, 10): "exchange"}


def short_text(text: str) -> bytes:
    """A text of at most 255 bytes with its length."""
    encoded = text.encode()
    return bytes([len(encoded)]) + encoded


def long_text(text: bytes) -> bytes:
    """Bytes with their length."""
    return struct.pack(">I", len(text)) + text


def method_frame(channel: int, number: tuple[int, int], arguments: bytes) -> bytes:
    """A call of a method, by the numbers of its class and its own."""
    payload = struct.pack(">HH", *number) + arguments
    return struct.pack(">BHI", _METHOD, channel, len(payload)) + payload + _END


def server_properties(arguments: bytes) -> Mapping[str, str]:
    """The texts that a server says of itself when it greets.

    Raises:
        ValueError: they cannot be read.
    """
    try:
        (size,) = struct.unpack_from(">I", arguments, 2)
        return dict(_texts(arguments[6 : 6 + size]))
    except (struct.error, IndexError, KeyError) as error:
        raise ValueError("its greeting cannot be read") from error


def _texts(table: bytes) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(table):
        name_end = at + 1 + table[at]
        name, kind = table[at + 1 : name_end].decode(), chr(table[name_end])
        at = name_end + 1
        if kind in _FIXED:
            at += _FIXED[kind]
            continue
        if kind not in "SFAx":
            raise KeyError(kind)
        (size,) = struct.unpack_from(">I", table, at)
        if kind == "S":
            yield name, table[at + 4 : at + 4 + size].decode(errors="replace")
        at += 4 + size


@dataclass(kw_only=True, slots=True)
class Declared:
    """Listens to what a client sends and remembers the queues and exchanges that it declares.

    Attributes:
        names: pairs of `queue` or `exchange` and a name.
    """

    names: set[tuple[str, str]] = field(default_factory=set)
    _rest: bytearray = field(default_factory=bytearray)
    _greeted: bool = False

    def hear(self, block: bytes) -> None:
        """Take the next bytes, wherever they were cut."""
        rest = self._rest
        rest += block
        if not self._greeted and len(rest) >= len(PROTOCOL):
            del rest[: len(PROTOCOL)]
            self._greeted = True
        while self._greeted and len(rest) >= _HEADER:
            kind, _, size = struct.unpack_from(">BHI", rest)
            if len(rest) < _HEADER + size + 1:
                return
            if kind == _METHOD:
                self._note(bytes(rest[_HEADER : _HEADER + size]))
            del rest[: _HEADER + size + 1]

    def _note(self, payload: bytes) -> None:
        what = _DECLARES.get(struct.unpack_from(">HH", payload))
        if what:
            # A number that nobody uses any more stands before the name.
            name = payload[7 : 7 + payload[6]]
            self.names.add((what, name.decode(errors="replace")))
