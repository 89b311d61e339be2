"""Hashes passwords with Argon2id, in threads of their own and never in too many at once."""

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

# Hashes that may wait for each thread: some seconds' worth, after that nobody wants them.
QUEUE = 100


class Passwords:
    """Makes and checks hashes; each takes the memory and the time that the settings say."""

    def __init__(self, hasher: PasswordHash, pool: ThreadPoolExecutor, limit: int) -> None:
        self._hasher, self._pool, self._limit = hasher, pool, limit
        self._waiting = 0
        # Checked in place of a hash that isn't there, so that this takes as long.
        self._nobodys = hasher.hash("nobody's password")

    async def hash(self, password: str) -> str:
        """Return a new hash. Raises `UnavailableError` when too many are waiting."""
        return await self._run(lambda: self._hasher.hash(password))

    async def check(self, password: str, known: str | None) -> tuple[bool, str | None]:
        """Return whether it is the password, and a new hash if the known one is out of date.

        Without a known hash it takes as long, and the password is wrong. Raises what `hash` does.
        """
        return await self._run(lambda: self._checked(password, known))

    def _checked(self, password: str, known: str | None) -> tuple[bool, str | None]:
        try:
            if known is not None:
                return self._hasher.verify_and_update(password, known)
        except UnknownHashError:
            pass
        self._hasher.verify(password, self._nobodys)
        return False, None

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._limit:
            raise UnavailableError("Too many passwords are being checked.", retry_after=1)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Passwords]:
    """Start no thread before it is needed, and end all of them."""
    settings = resources.get(AuthSettings)
    hasher = Argon2Hasher(
        time_cost=settings.password_passes,
        memory_cost=settings.password_memory_kib,
        parallelism=1,
    )
    pool = ThreadPoolExecutor(settings.password_threads, thread_name_prefix="passwords")
    try:
        yield Passwords(PasswordHash((hasher,)), pool, settings.password_threads * QUEUE)
    finally:
        pool.shutdown(cancel_futures=True)


PASSWORDS = Resource(provides=Passwords, open=opened, requires=(AuthSettings,))
