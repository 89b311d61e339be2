"""Proves to a PostgreSQL server that we know a role's password."""

import base64
import hashlib
import hmac
import secrets
import unicodedata

SCRAM = b"SCRAM-SHA-256"


class AuthenticationError(Exception):
    """The server asks for something this client cannot do, or is not who it says."""


def hashed_password(user: str, password: str, salt: bytes) -> bytes:
    """The answer to PostgreSQL's old `md5` question."""
    inner = hashlib.md5((password + user).encode(), usedforsecurity=False).hexdigest()
    outer = hashlib.md5(inner.encode() + salt, usedforsecurity=False).hexdigest()
    return b"md5" + outer.encode()


class Scram:
    """One SCRAM-SHA-256 conversation (RFC 7677) without channel binding."""

    def __init__(self, password: str) -> None:
        # Stands in for SASLprep: the same for every password without control characters.
        self._password = unicodedata.normalize("NFKC", password).encode()
        self._nonce = secrets.token_urlsafe(18)
        self._bare = f"n=,r={self._nonce}"
        self._server_signature = b""

    def first(self, mechanisms: bytes) -> bytes:
        """What opens the conversation.

        Raises:
            AuthenticationError: the server offers no mechanism we know.
        """
        if SCRAM not in mechanisms.split(b"\0"):
            raise AuthenticationError("it offers no SCRAM-SHA-256")
        message = f"n,,{self._bare}".encode()
        return SCRAM + b"\0" + len(message).to_bytes(4, "big") + message

    def proof(self, challenge: bytes) -> bytes:
        """The proof that answers the server's challenge.

        Raises:
            AuthenticationError: the challenge is not an answer to what we sent.
        """
        fields = dict(part.split("=", 1) for part in challenge.decode().split(","))
        if not fields["r"].startswith(self._nonce):
            raise AuthenticationError("its challenge belongs to another conversation")
        salt, rounds = base64.b64decode(fields["s"]), int(fields["i"])
        salted = hashlib.pbkdf2_hmac("sha256", self._password, salt, rounds)
        closing = f"c=biws,r={fields['r']}"
        signed = f"{self._bare},{challenge.decode()},{closing}".encode()
        client_key = _mac(salted, b"Client Key")
        signature = _mac(hashlib.sha256(client_key).digest(), signed)
        self._server_signature = _mac(_mac(salted, b"Server Key"), signed)
        proof = bytes(left ^ right for left, right in zip(client_key, signature, strict=True))
        return f"{closing},p={base64.b64encode(proof).decode()}".encode()

    def check(self, final: bytes) -> None:
        """See that the server knows the password too.

        Raises:
            AuthenticationError: it does not.
        """
        if not hmac.compare_digest(final, b"v=" + base64.b64encode(self._server_signature)):
            raise AuthenticationError("it does not know the password itself")


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
