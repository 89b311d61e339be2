"""A Redis server that is not the generator's: with its own users, and with data in it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from valkey import Valkey
from valkey.exceptions import ConnectionError as NotThereError

from generator.processes import free_port
from tests.backing.machine import wait_until

PASSWORD = "a-word to:quote/@%é"
_CONFIGURATION = f"""
bind 127.0.0.1
save ""
set-proc-title no
user default on ">{PASSWORD}" ~* &* +@all
user modest on ">{PASSWORD}" ~verify_* -@all +@connection +@read +@write -@dangerous
user reader on ">{PASSWORD}" ~* -@all +@connection +@read
user fenced on ">{PASSWORD}" ~other:* +@all
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lent:
    """Somebody's server."""

    port: int

    @property
    def place(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.port}"

    def url(self, user: str = "default", *, database: int = 0) -> str:
        """Its address for one of its users."""
        return f"redis://{user}:{quote(PASSWORD, safe='')}@{self.place}/{database}"

    def keys(self, *, database: int = 0) -> set[str]:
        """The names of all its keys."""
        with client(self.url(database=database)) as admin:
            return {key.decode() for key in admin.scan_iter("*")}


def client(url: str) -> Valkey:
    """An independent client, the witness for what ours does."""
    return Valkey.from_url(url)


@contextmanager
def lend(program: Path, folder: Path, **settings: str) -> Iterator[Lent]:
    """Run such a server in a folder; settings are further lines of its configuration."""
    port = free_port()
    more = "\n".join(f"{name.replace('_', '-')} {value}" for name, value in settings.items())
    (folder / "lent.conf").write_text(f"{_CONFIGURATION}{more}\nport {port}\n", encoding="utf-8")
    argv = [program, folder / "lent.conf"]
    with subprocess.Popen(argv, cwd=folder, stdout=subprocess.DEVNULL) as process:
        try:
            lent = Lent(port=port)
            wait_until(lambda: _answers(lent))
            yield lent
        finally:
            process.kill()


def _answers(lent: Lent) -> bool:
    try:
        with client(lent.url()) as admin:
            return bool(admin.ping())
    except NotThereError:
        return False
