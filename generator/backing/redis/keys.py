"""Gives each service of a run a prefix for its keys, and takes all keys of the run away again."""

import re
from dataclasses import dataclass

from generator.backing.ladder import UnsuitableError
from generator.backing.model import RefusedError
from generator.backing.redis.address import Address
from generator.backing.redis.wire import Connection

OLDEST = (6, 2)
_BATCH = "1000"
# A client that still writes while its keys are removed is outrun, but not for ever.
_SWEEPS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Nature:
    """What the server says about itself; `version` with its name: `Valkey 9.1.2`."""

    version: str


def read_nature(admin: Address, *, seconds: float = 10.0) -> Nature:
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
    return Nature(version=f"{name} {version}")


class Keys:
    """The keys of one run on one server.

    Every key begins with a prefix of this run, so what is ours can be told from what is not, and
    two runs on one server do not meet. Nothing is ever flushed.

    Args:
        admin: where the keys are, and as whom they are written.
        run: what tells this run from all others. Keys of the run that other kinds of servers have
            named prefixes for (MESSAGING_PREFIX) are taken away too.
    """

    def __init__(self, admin: Address, run: str) -> None:
        self._admin = admin
        self._run = f"verify_{run}"
        self._prefixes: set[str] = set()

    def isolate(self, service_name: str) -> dict[str, str]:
        """Return `REDIS_URL` and a `REDIS_PREFIX` that nobody else has.

        Raises:
            UnsuitableError: the server does not answer, or keys may not be written there.
        """
        prefix = self._new_prefix(service_name)
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
        return [f"{self._admin.place}: keys {self._run}* ({reason})"]

    def _sweep(self, connection: Connection) -> int:
        """Remove what a whole scan finds; returns how many keys that were."""
        removed, cursor = 0, b"0"
        while True:
            match connection.ask("SCAN", cursor, "MATCH", f"{self._run}*", "COUNT", _BATCH):
                case [bytes(cursor), list(found)]:
                    names = [name for name in found if isinstance(name, bytes)]
                case _:
                    raise RefusedError("its answer to SCAN cannot be read")
            if names:
                connection.ask("UNLINK", *names)
            removed += len(names)
            if cursor == b"0":
                return removed

    def _new_prefix(self, service_name: str) -> str:
        # Without the characters that have a meaning in the pattern of a scan.
        word = re.sub(r"[^a-z0-9-]+", "-", service_name.lower())
        prefix = f"{self._run}:{word}:"
        if prefix in self._prefixes:
            prefix = f"{self._run}:{word}.{len(self._prefixes)}:"
        self._prefixes.add(prefix)
        return prefix
