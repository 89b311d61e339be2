"""The provider that downloads RabbitMQ into the cache: Debian packages, unpacked, not installed."""

import platform
import tempfile
from pathlib import Path

import platformdirs

from generator.backing.cleanup import Cleanup
from generator.backing.directory import is_open_to_all
from generator.backing.model import Opened
from generator.backing.providers import Request, UnsuitableError
from generator.backing.rabbitmq.apt import Apt
from generator.backing.rabbitmq.programs import Programs
from generator.backing.rabbitmq.server import start_own
from generator.backing.spawn import unprivileged_account

_PACKAGE = "rabbitmq-server"
# Where the server's user can read it although root's own cache is closed to others.
_OF_ROOT = Path("/var/cache/generator")
# Debian's own says where Erlang is installed; this one finds it beside itself.
_ERL = """\
#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
ROOTDIR=${here%/*}/usr/lib/erlang BINDIR=$(echo "${here%/*}"/usr/lib/erlang/erts-*/bin)
EMU=beam PROGNAME=erl
export ROOTDIR BINDIR EMU PROGNAME
exec "$BINDIR/erlexec" ${1+"$@"}
"""


def start_fetched(request: Request, cleanup: Cleanup) -> Opened:
    """Start the server that was downloaded, now or in an earlier run.

    Raises:
        UnsuitableError: it is not there and was not asked for, or cannot be had or started.
    """
    return start_own(find_fetched(request, cleanup), request, cleanup)


def find_fetched(request: Request, cleanup: Cleanup) -> Programs:
    """What was downloaded, now or in an earlier run.

    Raises:
        UnsuitableError: it is not there and was not asked for, or cannot be had.
    """
    place = _cache() / _release()
    if not place.is_dir():
        if not request.fetch:
            raise UnsuitableError("nothing was fetched yet, and --fetch was not given")
        _fetch(place, request, cleanup)
    return _programs(place)


def _cache() -> Path:
    place = platformdirs.user_cache_path("generator").absolute()
    if unprivileged_account() and not all(map(is_open_to_all, (place.parent, *place.parents))):
        return _OF_ROOT
    return place


def _release() -> str:
    """What the packages are made for: they fit no other release, and no other machine."""
    try:
        system = platform.freedesktop_os_release()
    except OSError:
        system = {}
    words = (system.get("ID", "linux"), system.get("VERSION_ID", ""), platform.machine())
    return "-".join(("rabbitmq", *filter(None, words)))


def _fetch(place: Path, request: Request, cleanup: Cleanup) -> None:
    """Download, unpack and try it beside its place; it appears there whole or not at all."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with cleanup.making() as stack:
            making = tempfile.TemporaryDirectory(
                dir=place.parent, prefix=".fetching-", ignore_cleanup_errors=True
            )
            stack.callback(making.cleanup)
        tree = Path(making.name) / "tree"
        apt = Apt(Path(making.name), request.environment, cleanup)
        apt.unpack(_PACKAGE, tree)
        _complete(tree)
        apt.run(tree / "bin/erl", "-noshell", "-eval", "halt(0).")
        # Two runs may fetch at once; the second finds a folder that is as good.
        if not place.is_dir():
            tree.rename(place)
    except OSError as error:
        if not place.is_dir():
            raise UnsuitableError(f"{place} cannot be made: {error.strerror}") from error


def _complete(tree: Path) -> None:
    (tree / "bin").mkdir()
    (tree / "bin/erl").write_text(_ERL, encoding="utf-8")
    for program in (tree, tree / "bin", tree / "bin/erl"):
        program.chmod(0o755)
    _programs(tree)


def _programs(tree: Path) -> Programs:
    erlang = next(iter(sorted(tree.glob("usr/lib/erlang/erts-*/bin"))), None)
    server = tree / "usr/lib/rabbitmq/bin/rabbitmq-server"
    if erlang is None or not server.is_file() or not (erlang / "epmd").is_file():
        raise UnsuitableError(f"{tree} is not complete: remove it and fetch it anew")
    libraries = [folder for folder in sorted(tree.glob("usr/lib/*-linux-*")) if folder.is_dir()]
    return Programs(
        server=server,
        epmd=erlang / "epmd",
        folders=(tree / "bin", erlang),
        libraries=(*libraries, *sorted(tree.glob("lib/*-linux-*"))),
    )
