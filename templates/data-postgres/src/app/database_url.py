"""Reads a PostgreSQL URL as libpq does, and says what the driver is given for it.

asyncpg reads the URL itself, several hosts included. What it lacks is put in its own terms here or
refused by name: it would send a parameter that it doesn't know to the server as a setting.
"""

import os
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

CONNECT_SECONDS = 5.0

_FORM = "not of the form postgresql://user:password@host:5432/database"
_SCHEMES = {"postgres", "postgresql"}
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_TLS_VERSIONS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_VERIFYING = ("verify-ca", "verify-full")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "sslmode": _SSL_MODES,
    "channel_binding": ("disable", "prefer", "require"),
    "sslnegotiation": ("postgres", "direct"),
    "gsslib": ("gssapi", "sspi"),
    "ssl_min_protocol_version": _TLS_VERSIONS,
    "ssl_max_protocol_version": _TLS_VERSIONS,
    "target_session_attrs": (
        "any", "primary", "standby", "prefer-standby", "read-write", "read-only",
    ),
}  # fmt: skip
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile", "servicefile")
# What asyncpg reads from a URL and understands, beside the choices and files above.
_PASSED_ON = (
    "host", "port", "dbname", "user", "password", "service", "krbsrvname", "sslpassword",
)  # fmt: skip
# Settings of the session that a client may send when it connects.
_SERVER_SETTINGS = ("application_name", "options")
_OURS = ("connect_timeout", "fallback_application_name", "channel_binding")
_KNOWN = {*_CHOICES, *_FILES, *_PASSED_ON, *_SERVER_SETTINGS, *_OURS}
# libpq's name for the authorities that the system trusts.
_SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class DatabaseTarget:
    """Where the database is and how it is reached.

    Attributes:
        url: what asyncpg is given.
        parameters: those of the URL's query, as they were written.
        connect_seconds: how long a connection may take.
    """

    url: str = field(repr=False)
    parameters: Mapping[str, str] = field(repr=False)
    connect_seconds: float

    def arguments(self, application_name: str) -> dict[str, Any]:
        """Return the arguments of `asyncpg.connect`; the URL's name for the application wins."""
        fallback = self.parameters.get("fallback_application_name", application_name)
        name = self.parameters.get("application_name", fallback)
        arguments: dict[str, Any] = {
            "dsn": self.url,
            "timeout": self.connect_seconds,
            "server_settings": {"application_name": name},
        }
        if self.parameters.get("sslrootcert") == _SYSTEM:
            arguments["ssl"] = self._system_context()
        return arguments

    def _system_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.check_hostname = self.parameters["sslmode"] == "verify-full"
        context.set_alpn_protocols(["postgresql"])
        if lowest := self.parameters.get("ssl_min_protocol_version"):
            context.minimum_version = ssl.TLSVersion[lowest.replace(".", "_")]
        if highest := self.parameters.get("ssl_max_protocol_version"):
            context.maximum_version = ssl.TLSVersion[highest.replace(".", "_")]
        if certificate := self.parameters.get("sslcert"):
            password = self.parameters.get("sslpassword", "")
            context.load_cert_chain(certificate, self.parameters.get("sslkey"), lambda: password)
        return context


def parse_database_url(text: str) -> DatabaseTarget:
    """Return the target of this URL. Raises `ValueError`, which names no secret."""
    parts = urlsplit(text)
    scheme = parts.scheme.partition("+")[0]
    parameters = _read_query(parts.query)
    if scheme not in _SCHEMES or not (parts.path.strip("/") or parameters.get("dbname")):
        raise ValueError(_FORM)
    _check_hosts(parts.netloc)
    _check(parameters)
    parameters = _with_verification(parameters)
    passed = {name: value for name, value in parameters.items() if name not in _OURS}
    query = urlencode(passed, quote_via=quote)
    return DatabaseTarget(
        url=parts._replace(scheme="postgresql", query=query).geturl(),
        parameters=parameters,
        connect_seconds=float(parameters.get("connect_timeout", 0)) or CONNECT_SECONDS,
    )


def _read_query(query: str) -> dict[str, str]:
    try:
        # libpq leaves a plus sign as it is.
        pairs = parse_qsl(query.replace("+", "%2B"), keep_blank_values=True, strict_parsing=True)
    except ValueError:
        if query:
            raise ValueError("its parameters are not of the form name=value&…") from None
        return {}
    # SQLAlchemy's users write `ssl` for `sslmode`.
    return {"sslmode" if name == "ssl" else name: value for name, value in pairs if value}


def _check_hosts(netloc: str) -> None:
    for host in netloc.rpartition("@")[2].split(","):
        port = host.rpartition("]")[2].partition(":")[2]
        if port and not port.isdecimal():
            raise ValueError("a port is no number")


def _check(parameters: Mapping[str, str]) -> None:
    unknown = sorted(set(parameters) - _KNOWN)
    if unknown:
        raise ValueError(f"asyncpg has no parameter {_listed(unknown)}; leave it out")
    for name, choices in _CHOICES.items():
        if parameters.get(name, choices[0]) not in choices:
            raise ValueError(f"{name} is none of {_listed(choices)}")
    if not parameters.get("connect_timeout", "0").isdecimal():
        raise ValueError("connect_timeout is no whole number of seconds")
    for name in _FILES:
        value = parameters.get(name)
        if value and value != _SYSTEM and not os.access(value, os.R_OK):
            raise ValueError(f"{name} names a file that cannot be read")


def _with_verification(parameters: dict[str, str]) -> dict[str, str]:
    """Return the parameters with all that follows about TLS from what was asked for."""
    if parameters.get("channel_binding") == "require":
        # asyncpg has no channel binding. What it guards against, somebody in between, a checked
        # certificate rules out as well: by the file that is named or by the system's authorities.
        parameters |= {"sslmode": "verify-full"}
        parameters.setdefault("sslrootcert", _SYSTEM)
    if parameters.get("sslrootcert") == _SYSTEM:
        parameters.setdefault("sslmode", "verify-full")
        if parameters["sslmode"] not in _VERIFYING:
            raise ValueError("sslrootcert=system needs sslmode=verify-full")
        if "sslcrl" in parameters:
            raise ValueError("sslcrl needs sslrootcert=FILE")
    if parameters.get("sslmode") in _VERIFYING and "sslrootcert" not in parameters:
        raise ValueError(f"sslmode={parameters['sslmode']} needs sslrootcert=FILE or =system")
    return parameters


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
