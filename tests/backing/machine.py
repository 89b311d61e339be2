"""The small language of these tests: machines with and without servers, and what is left."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.metadata import distribution as find_distribution
from pathlib import Path

import generator
from generator.backing import BackingKind, BackingServices, Places, open_backing
from generator.backing.postgres.programs import embedded_root, installed_bindir
from generator.backing.providers import UnsuitableError

POSTGRES = frozenset({BackingKind.POSTGRES})
REDIS = frozenset({BackingKind.REDIS})
RABBITMQ = frozenset({BackingKind.RABBITMQ})
NOWHERE = Places(
    postgres_bindirs=(),
    postgres_package="no_such_package",
    rabbitmq_bindirs=(),
    redis_programs=(),
    redis_package="no_such_package",
)
CLOSED_PORT = "1"
# What a supervisor imports beside the standard library.
_CLIENTS = "amqp asn1crypto pg8000 platformdirs python-dateutil scramp six vine"
DEADLINE = 15.0

HOLD = """
import os, sys
from generator.backing import BackingKind, open_backing
kinds = {BackingKind(os.environ.get("KIND", "postgres"))}
with open_backing(kinds, environment=os.environ) as services:
    print(services.started[0].detail, flush=True)
    for value in services.isolate("users-data", kinds).values():
        print(value, flush=True)
    sys.stdin.read()
"""


def bindir() -> Path:
    """PostgreSQL's programs on this machine: installed, else those of the wheel."""
    try:
        return installed_bindir(os.environ, Places())
    except UnsuitableError:
        return embedded_root(Places()) / "bin"


INSTALLED = replace(NOWHERE, postgres_bindirs=(str(bindir()),))
EMBEDDED = replace(NOWHERE, postgres_package=Places().postgres_package)


def open_folder() -> Path:
    """A folder every user may enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="scratch-"))
    folder.chmod(0o755)
    return folder


def state_of(scratch: Path) -> Path:
    """Where a run remembers what it makes elsewhere; beside the folder that must be empty."""
    return scratch.with_name(f"{scratch.name}-state")


def environment(scratch: Path, **more: str) -> dict[str, str]:
    """A caller's environment in which no server is named and none runs on loopback."""
    closed = dict.fromkeys(("PGPORT", "REDIS_PORT", "RABBITMQ_PORT"), CLOSED_PORT)
    # Where an earlier run of somebody may have left a server that it had downloaded.
    closed["XDG_CACHE_HOME"] = str(scratch / "cache")
    closed["XDG_STATE_HOME"] = str(state_of(scratch))
    return {"PATH": "/usr/bin:/bin", "TMPDIR": str(scratch), **closed, **more}


@contextmanager
def opened(
    variables: Mapping[str, str], places: Places = NOWHERE, kinds: frozenset[BackingKind] = POSTGRES
) -> Iterator[BackingServices]:
    """PostgreSQL, or another kind, as `open_backing` finds it there."""
    with open_backing(kinds, environment=variables, places=places) as services:
        yield services


def url_of(services: BackingServices, name: str = "users-data") -> str:
    """A database for one service."""
    return services.isolate(name, POSTGRES)["DATABASE_URL"]


def psql(url: str, sql: str) -> str:
    """What PostgreSQL's own client gets: the witness for what our client makes."""
    done = _psql(url, sql)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _psql(url: str, sql: str) -> subprocess.CompletedProcess[str]:
    program = str(bindir() / "psql")
    argv = [program, url, "-X", "-qtA", "-v", "ON_ERROR_STOP=1", "-c", sql]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def psql_error(url: str, sql: str) -> str:
    """Why PostgreSQL's own client is refused."""
    done = _psql(url, sql)
    assert done.returncode != 0, done.stdout
    return done.stderr.strip()


@contextmanager
def staying_psql(url: str, *statements: str) -> Iterator[subprocess.Popen[str]]:
    """A client that stays while its statements run."""
    words = [word for statement in statements for word in ("-c", statement)]
    with _running([bindir() / "psql", url, "-X", "-qtA", *words], None) as process:
        yield process


@contextmanager
def running_python(code: str, variables: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process that may be killed, with this package on its path."""
    package = str(Path(generator.__file__).resolve().parents[1])
    with _running([sys.executable, "-c", code], {**variables, "PYTHONPATH": package}) as process:
        yield process


@contextmanager
def _running(
    argv: Sequence[str | Path], variables: Mapping[str, str] | None
) -> Iterator[subprocess.Popen[str]]:
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(
        argv, env=variables, stdin=pipe, stdout=pipe, stderr=nothing, text=True, process_group=0
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def processes(words: str, *, parent: int | None = None) -> list[int]:
    """The processes with these words in their command line, and of that parent."""
    return [
        pid
        for pid, its_parent, arguments in _process_table()
        if words in arguments and parent in {None, its_parent}
    ]


def _process_table() -> list[tuple[int, int, str]]:
    if not Path("/proc/self").exists():
        argv = ["ps", "-axww", "-o", "pid=,ppid=,args="]
        listed = subprocess.run(argv, capture_output=True, text=True, check=True)
        rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
        return [(int(row[0]), int(row[1]), row[-1]) for row in rows]
    table: list[tuple[int, int, str]] = []
    for folder in Path("/proc").glob("[0-9]*"):
        # It may end while it is looked at.
        with suppress(OSError):
            arguments = (folder / "cmdline").read_text(errors="replace").replace("\0", " ")
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            table.append((int(folder.name), int(parent), arguments))
    return table


def wait_until(promise: Callable[[], bool], *, seconds: float = DEADLINE) -> None:
    """Return as soon as the promise holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not promise():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def is_clean(scratch: Path) -> bool:
    """No server, no guard and no file is left."""
    return not any(scratch.iterdir()) and not processes(str(scratch))


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line it prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def copy_package(target: Path) -> Path:
    """The generator's package, with its clients of servers, where every user may read it."""
    source = Path(generator.__file__).resolve().parent
    shutil.copytree(source, target / "generator", ignore=shutil.ignore_patterns("__pycache__"))
    for name in _CLIENTS.split():
        for module in find_distribution(name).files or ():
            place = target / module
            if ".." not in module.parts and module.suffix != ".pyc":
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(module.locate()), place)
    return target
