"""Makes what programs print fit to be shown: bounded, without escapes and secrets."""

import re
from collections.abc import Mapping, Sequence

KEPT_BYTES = 48 * 1024

# Every repetition is bounded: a megabyte of one letter must not take quadratic time.
_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]{0,40}[ -/]{0,9}[@-~]|\][^\x07\x1b\n]{0,400}(?:\x07|\x1b\\)|[@-_])"
)
# What XML 1.0 cannot hold and a terminal might obey.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CREDENTIALS = re.compile(
    r"([a-z][a-z0-9+.-]{0,30}://[^\s:/@]{0,200}:)[^\s/@]{1,400}@", re.IGNORECASE
)
# Who may read credentials is no secret.
_SECRET_NAME = re.compile(
    r"(?!.*_READERS$).*(PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL).*", re.IGNORECASE
)
_SHORTEST_SECRET = 8
_PLAIN = bytes(range(0x20, 0x7F)) + b"\n"
_LONGEST_LINE = 64 * 1024


class Tail:
    """The end of a stream, whatever its length."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._limit = limit
        self._kept = bytearray()
        self._dropped = 0

    def add(self, chunk: bytes) -> None:
        """Append, and forget what is too long ago."""
        self._kept += chunk
        surplus = len(self._kept) - self._limit
        if surplus > 0:
            del self._kept[:surplus]
            self._dropped += surplus

    def text(self) -> str:
        """What is kept, and how much is not."""
        # A copy: the stream may grow while it is read.
        text = bytes(self._kept).decode(errors="replace")
        if not self._dropped:
            return text
        return f"… ({self._dropped} bytes before this are left out)\n{text}"


class LineSplitter:
    """Cuts a stream into lines, wherever its blocks end; a line without end is cut as well."""

    def __init__(self, limit: int = _LONGEST_LINE) -> None:
        self._limit = limit
        self._begun = b""

    def add(self, chunk: bytes) -> list[bytes]:
        """The lines that this block completes."""
        *complete, self._begun = (self._begun + chunk).split(b"\n")
        if len(self._begun) > self._limit:
            complete.append(self._begun)
            self._begun = b""
        return complete

    def rest(self) -> list[bytes]:
        """The last line, when the stream ended without ending it."""
        return [self._begun] if self._begun else []


class Presenter:
    """Makes text presentable that programs print which have the same environment.

    Args:
        environment: the variables they were given; the values of those that sound secret are
            masked.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._secrets = _secrets(environment)
        self._secret_bytes = [secret.encode(errors="surrogateescape") for secret in self._secrets]

    def __call__(self, text: str) -> str:
        """The text without escapes, control characters and secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        text = _ESCAPE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
        return _CREDENTIALS.sub(r"\1***@", _CONTROL.sub("", text)).strip("\n")

    def lines(self, lines: Sequence[bytes]) -> list[str]:
        """Lines as they were printed, fit to be shown."""
        block = b"\n".join(lines)
        # Most logs have nothing of the kind, and for all lines at once this is found out a hundred
        # times as fast.
        if (
            not block.translate(None, _PLAIN)
            and b"://" not in block
            and not any(secret in block for secret in self._secret_bytes)
        ):
            return block.decode("ascii").split("\n") if lines else []
        return [self(line.decode(errors="replace")) for line in lines]


def presentable(text: str, environment: Mapping[str, str] | None = None) -> str:
    """The text without escapes, control characters and secrets: see `Presenter`."""
    return Presenter(environment or {})(text)


def last_line(text: str) -> str:
    """The last line that says something; empty when none does. Ruff's `[*]` lines only advise."""
    lines = [line.strip() for line in text.splitlines() if not line.startswith("[*]")]
    lines = [line for line in lines if line]
    return lines[-1] if lines else ""


def _secrets(environment: Mapping[str, str]) -> list[str]:
    found: set[str] = set()
    for name, value in environment.items():
        if _SECRET_NAME.fullmatch(name):
            found |= {value, *map(_secret_of, re.split(r"[,\s]", value))}
    return sorted((s for s in found if len(s) >= _SHORTEST_SECRET), key=len, reverse=True)


def _secret_of(part: str) -> str:
    """`consumer=key`: the key is a secret, and who has it is none."""
    _, _, key = part.partition("=")
    return key if len(key) >= _SHORTEST_SECRET else part
