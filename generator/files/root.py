"""Opens what lies below a folder, relative to its descriptor and over no symbolic link."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from generator.errors import DestinationRefusedError
from generator.files.refusals import cannot_write

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# A FIFO that somebody planted must not hold us up.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Root:
    """A folder below which files are opened one component at a time.

    Whoever made a workspace may have put a link into it, to lead what is read or written out of
    it. Paths are relative to the folder, with `/` between their components. Every method raises
    DestinationRefusedError, with the link's name, when a component is a symbolic link; other
    failures are the system's own OSError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = -1

    def __enter__(self) -> Self:
        try:
            self._handle = os.open(self.path, _FOLDER)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    @contextmanager
    def parent(self, path: str) -> Iterator[tuple[int, str]]:
        """The descriptor of the folder that `path` lies in, and the path's last component."""
        folders = path.split("/")
        handle = os.dup(self._handle)
        try:
            for depth, folder in enumerate(folders[:-1], start=1):
                inner = self._enter(handle, folder, "/".join(folders[:depth]))
                os.close(handle)
                handle = inner
            yield handle, folders[-1]
        except OSError as error:
            # The system names the last component only.
            if not str(error.filename).startswith("/"):
                error.filename = str(self.path / path)
            raise
        finally:
            os.close(handle)

    def lstat(self, path: str) -> os.stat_result | None:
        """What is at the path, a link as itself; None when nothing is."""
        try:
            with self.parent(path) as (folder, name):
                return os.stat(name, dir_fd=folder, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def is_folder(self, path: str) -> bool:
        """Whether a folder is at the path."""
        found = self.lstat(path)
        return found is not None and stat.S_ISDIR(found.st_mode)

    def names(self, path: str) -> list[str]:
        """What lies in a folder, sorted."""
        with self.parent(path) as (folder, name):
            handle = self._enter(folder, name, path)
            try:
                with os.scandir(handle) as entries:
                    return sorted(entry.name for entry in entries)
            finally:
                os.close(handle)

    def read(self, path: str) -> bytes | None:
        """The content of a file; None when nothing is there.

        Raises:
            DestinationRefusedError: when it is a link, a folder or another thing than a file.
        """
        found = self.lstat(path)
        if found is None:
            return None
        if stat.S_ISLNK(found.st_mode):
            raise self._is_link(path)
        with self.parent(path) as (folder, name):
            handle = os.open(name, _FILE, dir_fd=folder)
            with os.fdopen(handle, "rb") as stream:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise DestinationRefusedError(
                        f"{self.path / path} is not a file.", hint="Move it away."
                    )
                return stream.read()

    def readlink(self, path: str) -> str:
        """Where a link points to, as it is written in it."""
        with self.parent(path) as (folder, name):
            return os.readlink(name, dir_fd=folder)

    def create(self, path: str, content: bytes, mode: int) -> None:
        """Make a file that was not there, with these permission bits whatever the umask."""
        with self.parent(path) as (folder, name):
            handle = os.open(name, _NEW_FILE, 0o600, dir_fd=folder)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            os.fchmod(handle, mode)

    def symlink(self, target: str, path: str) -> None:
        """Make a link."""
        with self.parent(path) as (folder, name):
            os.symlink(target, name, dir_fd=folder)

    def mkdir(self, path: str, mode: int = 0o777) -> None:
        """Make a folder, with these permission bits less the umask."""
        with self.parent(path) as (folder, name):
            os.mkdir(name, mode, dir_fd=folder)

    def chmod_folder(self, path: str, mode: int) -> None:
        """Give a folder these permission bits."""
        with self.parent(path) as (folder, name):
            handle = self._enter(folder, name, path)
            try:
                if stat.S_IMODE(os.fstat(handle).st_mode) != mode:
                    os.fchmod(handle, mode)
            finally:
                os.close(handle)

    def rename(self, source: str, destination: str) -> None:
        """Move a file or a folder in one step; a file replaces the one that was there."""
        with self.parent(source) as (here, name), self.parent(destination) as (there, new_name):
            os.rename(name, new_name, src_dir_fd=here, dst_dir_fd=there)

    def link(self, source: str, destination: str) -> None:
        """Give a file a second name."""
        with self.parent(source) as (here, name), self.parent(destination) as (there, new_name):
            os.link(name, new_name, src_dir_fd=here, dst_dir_fd=there, follow_symlinks=False)

    def unlink(self, path: str) -> None:
        """Remove a file or a link."""
        with self.parent(path) as (folder, name):
            os.unlink(name, dir_fd=folder)

    def rmdir(self, path: str) -> None:
        """Remove an empty folder."""
        with self.parent(path) as (folder, name):
            os.rmdir(name, dir_fd=folder)

    def sync(self, path: str) -> None:
        """Have the disk itself hold a file, or which names are in a folder."""
        with self.parent(path) as (folder, name):
            handle = os.open(name, _FILE, dir_fd=folder)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _enter(self, handle: int, name: str, path: str) -> int:
        try:
            return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=handle)
        except OSError as error:
            if error.errno in {errno.ENOTDIR, errno.ELOOP} and _is_link(handle, name):
                raise self._is_link(path) from None
            raise

    def _is_link(self, path: str) -> DestinationRefusedError:
        try:
            target = f" to {(self.path / path).readlink()}"
        except OSError:
            target = ""
        return DestinationRefusedError(
            f"{self.path / path} is a link{target}, and what is read or written goes nowhere else.",
            hint="Put a real file or folder in its place.",
        )


def _is_link(handle: int, name: str) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode)
    except OSError:
        return False


def read_below(root: Path, path: str) -> bytes | None:
    """The content of a file below `root`; None when nothing is there.

    Raises:
        DestinationRefusedError: when a component is a link, when it is no file, or when it
            cannot be read.
    """
    try:
        with Root(root) as below:
            return below.read(path)
    except OSError as error:
        raise cannot_write(root / path, error) from error
