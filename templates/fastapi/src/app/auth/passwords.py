"""Hashes passwords with Argon2id, in few threads, which registrations cannot take from logins."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth.settings import AuthSettings
from shared.errors import UnavailableError
from shared.lifecycle import Resource, Resources

T = TypeVar("T")

# Hashes that may wait for each thread: a few seconds' worth, after that nobody wants them.
QUEUE = 20


class HashPool:
    """Some threads and a short queue before them."""

    def __init__(self, name: str, threads: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._limit, self._waiting = threads * (QUEUE + 1), 0

    async def run(self, work: Callable[[], T]) -> T:
        """Return what the work gives. Raises `UnavailableError` when the queue is full."""
        if self._waiting >= self._limit:
            raise UnavailableError("Too many passwords are being hashed.", retry_after=1)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Drop what waits, and end the threads."""
        self._executor.shutdown(cancel_futures=True)


class Passwords:
    """Makes and checks hashes; each takes the memory and the time that the settings say.

    Every method raises `UnavailableError` when too many are waiting.
    """

    def __init__(self, settings: AuthSettings) -> None:
        argon2 = Argon2Hasher(
            time_cost=settings.password_passes,
            memory_cost=settings.password_memory_kib,
            parallelism=1,
        )
        self._hasher = PasswordHash((argon2,))
        # Checked in place of a hash that isn't there, so that this takes as long.
        self._dummy_hash = self._hasher.hash("a password of nobody")
        self._known = HashPool("passwords", settings.password_threads)
        # Anybody may register any number of times: one thread is what that may take.
        self._strangers = HashPool("registrations", 1)

    async def hash(self, password: str) -> str:
        """Return a new hash for somebody who has an account."""
        return await self._known.run(lambda: self._hasher.hash(password))

    async def hash_for_stranger(self, password: str) -> str:
        """Return a new hash for somebody who registers."""
        return await self._strangers.run(lambda: self._hasher.hash(password))

    async def check(self, password: str, known: str | None) -> tuple[bool, str | None]:
        """Return whether it is the password, and a new hash if the known one is out of date.

        Without a known hash it takes as long, and the password is wrong.
        """
        return await self._known.run(lambda: self._checked(password, known))

    def _checked(self, password: str, known: str | None) -> tuple[bool, str | None]:
        try:
            if known is not None:
                return self._hasher.verify_and_update(password, known)
        except UnknownHashError:
            pass
        self._hasher.verify(password, self._dummy_hash)
        return False, None

    def close(self) -> None:
        """End the threads."""
        self._known.close()
        self._strangers.close()


@asynccontextmanager
async def _open(resources: Resources) -> AsyncIterator[Passwords]:
    passwords = Passwords(resources.get(AuthSettings))
    try:
        yield passwords
    finally:
        passwords.close()


PASSWORDS = Resource(provides=Passwords, open=_open, requires=(AuthSettings,))
