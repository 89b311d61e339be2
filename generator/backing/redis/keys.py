"""Gives each service of a run a prefix for its keys, and takes all keys of the run away again."""

import re

from generator.backing.model import RefusedError, ServerInfo
from generator.backing.naming import Naming
from generator.backing.providers import UnsuitableError
from generator.backing.redis.connection import Connection
from generator.server_url import ServerUrl

OLDEST = (6, 2)
_BATCH = "1000"
# A client that still writes while its keys are removed is outrun, but not for ever.
_SWEEPS = 20


def read_info(admin: ServerUrl, *, seconds: float = 10.0) -> ServerInfo:
    """Ask the server what it is.

    Args:
        admin: where, and as whom.
        seconds: how long each answer may take.

    Raises:
        OSError: it does not answer.
        RefusedError: it does not let us in, or is still loading its data.
        UnsuitableError: it is too old, a replica, or part of a cluster.
    """
    oldest = ".".join(map(str, OLDEST))
    try:
        with Connection(admin, seconds=seconds) as connection:
            greeting = connection.greeting
            connection.ask("PING")
    except RefusedError as error:
        if "unknown command" in str(error):
            reason = f"it is older than Redis 6; {oldest} or newer is needed"
            raise UnsuitableError(reason) from error
        raise
    name, version = greeting.get("server", "redis").capitalize(), greeting.get("version", "0")
    if tuple(int(number) for number in re.findall(r"\d+", version)[:2]) < OLDEST:
        raise UnsuitableError(f"it is {name} {version}; {oldest} or newer is needed")
    if greeting.get("mode") != "standalone":
        raise UnsuitableError(f"it runs as {greeting.get('mode')}; a single server is needed")
    if greeting.get("role") != "master":
        raise UnsuitableError("it is a replica, which takes no writes; name its master")
    return ServerInfo(version=f"{name} {version}")


class Keys:
    """The keys of one run on one server.

    Every key begins with a prefix of this run, so what is ours can be told from what is not, and
    two runs on one server do not meet. Nothing is ever flushed.

    Args:
        admin: where the keys are, and as whom they are written.
        naming: names the prefixes. Keys of the run that other kinds of servers have named prefixes
            for (MESSAGING_PREFIX) are taken away too.
    """

    def __init__(self, admin: ServerUrl, naming: Naming) -> None:
        self._admin = admin
        self._naming = naming

    def isolate(self, service_name: str) -> dict[str, str]:
        """Return `REDIS_URL` and a `REDIS_PREFIX` that nobody else has.

        Raises:
            UnsuitableError: the server does not answer, or keys may not be written there.
        """
        # Without the characters that have a meaning in the pattern of a scan.
        word = re.sub(r"[^a-z0-9-]+", "-", service_name.lower())[:40]
        prefix = f"{self._naming.next(word, joint=':')}:"
        try:
            with Connection(self._admin) as connection:
                connection.ask("SET", f"{prefix}probe", "1", "EX", "60")
                connection.ask("SCAN", "0", "MATCH", f"{prefix}*")
                connection.ask("UNLINK", f"{prefix}probe")
        except (OSError, RefusedError) as error:
            reason = f"no key could be written at {self._admin.place}: {error}"
            raise UnsuitableError(reason) from error
        return {"REDIS_URL": self._admin.url, "REDIS_PREFIX": prefix}

    def remove_all(self) -> list[str]:
        """Remove every key of this run; returns one line when some are left."""
        reason = "they are still written to"
        try:
            with Connection(self._admin) as connection:
                for _ in range(_SWEEPS):
                    if not self._sweep(connection):
                        return []
        except (OSError, RefusedError) as error:
            reason = str(error)
        return [f"{self._admin.place}: keys {self._naming.prefix}* ({reason})"]

    def _sweep(self, connection: Connection) -> int:
        """Remove what a whole scan finds; returns how many keys that were."""
        removed, cursor = 0, b"0"
        while True:
            match connection.ask(
                "SCAN", cursor, "MATCH", f"{self._naming.prefix}*", "COUNT", _BATCH
            ):
                case [bytes(cursor), list(found)]:
                    names = [name for name in found if isinstance(name, bytes)]
                case _:
                    raise RefusedError("its answer to SCAN cannot be read")
            if names:
                connection.ask("UNLINK", *names)
            removed += len(names)
            if cursor == b"0":
                return removed
