"""Runs an own PostgreSQL server in a folder of its own."""

import ctypes
import locale
import secrets
import signal
from dataclasses import dataclass, field
from pathlib import Path

from generator.backing.ladder import UnsuitableError
from generator.backing.model import Opened
from generator.backing.own import Running, cause, run_server
from generator.backing.postgres.address import Address
from generator.backing.postgres.databases import Databases, Rights, read_rights
from generator.backing.processes import Setting, spawn
from generator.backing.undo import Undo
from generator.backing.workplace import Workplace
from generator.processes import Child

_INITDB_SECONDS = 60.0
_IPC_RMID = 0
_BUILTIN_LOCALES = 17  # the first version that brings its own locale
# The data live as long as the run, so nothing has to reach a disk. Shared memory in files goes
# away with the folder, however the server ends. Without a unix socket no path can be too long.
_OPTIONS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "dynamic_shared_memory_type=mmap",
    "max_connections=200",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Instance:
    """What one own server is made of.

    Attributes:
        bindir: the folder of its programs.
        major: their version.
        workplace: the folder it lives in.
        setting: how its programs are run.
        undo: who ends it at last.
    """

    bindir: Path
    major: int
    workplace: Workplace
    setting: Setting
    undo: Undo
    _password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    def open(self) -> Opened:
        """Make the data, start the server and wait until it answers a query.

        Raises:
            UnsuitableError: it does not come up; holds the last lines of its log.
        """
        self._make_data()
        server = run_server(
            # Soon asked again: whoever took the port may accept connections and never answer.
            self._launch,
            lambda port: read_rights(self._address(port), seconds=1.0),
        )
        return self._opened(server)

    def _address(self, port: int) -> Address:
        return Address(host="127.0.0.1", port=port, user="postgres", password=self._password)

    def _make_data(self) -> None:
        options = ["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"]
        argv: list[str | Path] = [
            self.bindir / "initdb",
            "-D",
            self._data,
            *options,
            *_locale(self.major),
        ]
        try:
            secret = self.workplace.write("password", self._password)
            argv.append(f"--pwfile={secret}")
            child = spawn(argv, setting=self.setting, undo=self.undo)
        except OSError as error:
            raise UnsuitableError(f"initdb cannot be run: {error.strerror}") from error
        self.workplace.entrust(child.pid)
        status = child.wait(_INITDB_SECONDS)
        secret.unlink()
        if status is None:
            raise UnsuitableError(f"initdb took more than {_INITDB_SECONDS:.0f} s")
        if status:
            raise UnsuitableError(f"initdb failed: {cause(child)}", log=child.lines())

    def _launch(self, port: int) -> Child:
        with self.undo.making() as stack:
            stack.callback(_free_shared_memory, self._data / "postmaster.pid")
        options = [word for option in (*_OPTIONS, f"port={port}") for word in ("-c", option)]
        server = spawn(
            [self.bindir / "postgres", "-D", self._data, *options],
            setting=self.setting,
            undo=self.undo,
            # Not the polite way to stop, but the fastest that takes its children along.
            last_signal=signal.SIGQUIT,
        )
        self.workplace.entrust(server.pid)
        return server

    def _opened(self, server: Running[Rights]) -> Opened:
        address = self._address(server.port)
        account = f" as {self.setting.account.name}" if self.setting.account else ""
        return Opened(
            detail=f"PostgreSQL {server.said.version} of {self.bindir}, own instance on"
            f" {address.place}{account}",
            isolate=Databases(address, server.said).isolate,
            lines=server.process.lines,
        )

    @property
    def _data(self) -> Path:
        return self.workplace.folder / "data"


def _free_shared_memory(record: Path) -> None:
    """Remove the small System V segment that a server leaves when it is killed."""
    try:
        key, ident = (int(number) for number in record.read_text().splitlines()[6].split())
    except (OSError, ValueError, IndexError):
        return
    system = ctypes.CDLL(None)
    if system.shmget(key, 0, 0) == ident:
        system.shmctl(ident, _IPC_RMID, None)


def _locale(major: int) -> list[str]:
    """Unicode-aware case and byte order, the same on every machine."""
    if major >= _BUILTIN_LOCALES:
        return ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return ["--no-locale"]
    return ["--locale=C.UTF-8"]
