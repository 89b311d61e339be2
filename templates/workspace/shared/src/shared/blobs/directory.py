"""Blobs as files of a directory, which the services that use them share."""

from __future__ import annotations

import asyncio
import os
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile, mkstemp
from time import time
from typing import TYPE_CHECKING

from shared.blobs.files import UNFINISHED, finish, forget, read, sweep, translated
from shared.blobs.references import checked, parts

if TYPE_CHECKING:
    from shared.blobs.references import Label
    from shared.blobs.settings import Keeping
    from shared.blobs.store import Blob, Content


class DirectoryBlobs:
    """Keeps each blob in a file whose time of change is when it expires."""

    def __init__(self, folder: Path, keeping: Keeping) -> None:
        self._folder, self._keeping = folder, keeping

    async def put(self, content: Content, label: Label) -> str:
        """Keep the bytes and return their reference: a file appears when it is whole."""
        reference = label.named()
        until = time() + (label.seconds or self._keeping.seconds)
        path = self._path(reference)
        with translated():
            descriptor, name = await asyncio.to_thread(self._begun)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(label.line())
                async for part in parts(content, self._keeping.max_bytes):
                    with translated():
                        await asyncio.to_thread(file.write, part)
                with translated():
                    await asyncio.to_thread(finish, file, until)
            with translated():
                await asyncio.to_thread(Path(name).replace, path)
        except BaseException:
            forget(Path(name))
            raise
        return reference

    async def get(self, reference: str, *, max_bytes: int) -> Blob:
        """Return the bytes; of one that is too large not much more than allowed is read."""
        path = self._path(checked(reference))
        with translated():
            return await asyncio.to_thread(read, path, max_bytes)

    async def delete(self, reference: str) -> None:
        """Forget the bytes, if there are any."""
        path = self._path(checked(reference))
        with translated():
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def ping(self) -> None:
        """Raise UnavailableError when nothing can be written there."""
        with translated():
            await asyncio.to_thread(lambda: TemporaryFile(dir=self._folder).close())

    async def sweep(self) -> None:
        """Remove what has expired, and what nobody finished writing."""
        with translated():
            await asyncio.to_thread(sweep, self._folder)

    def _path(self, reference: str) -> Path:
        # No name that somebody gave becomes a part of a path.
        return self._folder / sha256(f"{self._keeping.prefix}{reference}".encode()).hexdigest()

    def _begun(self) -> tuple[int, str]:
        return mkstemp(suffix=UNFINISHED, dir=self._folder)
