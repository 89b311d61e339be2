"""Bare copies of template repositories in the person's cache: fetched once, read offline."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from packaging.version import InvalidVersion, Version

from generator import git
from generator.errors import SourceUnreachableError, UsageError
from generator.files import cannot_write, exclusive
from generator.git.remotes import fetch, init_bare, tags

_DEFAULT_BRANCH = "refs/generator/HEAD"
_EVERYTHING = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", f"+HEAD:{_DEFAULT_BRANCH}")


def mirror_of(url: str) -> Path:
    """The mirror of a repository, fetched if there is none yet.

    A bundle is read again when it was replaced, so that a newer package brings newer versions.

    Raises:
        SourceUnreachableError: when it has to be fetched and cannot be.
    """
    folder = _folder(url)
    if not folder.is_dir():
        refresh(url)
    return folder


def known_mirror(url: str) -> Path | None:
    """The mirror of a repository, if this person has one; nothing is fetched."""
    folder = _folder(url)
    return folder if folder.is_dir() else None


def refresh(url: str) -> Path:
    """Fetch what is new in a repository into its mirror, and return the mirror.

    Raises:
        SourceUnreachableError: when git cannot fetch it; the mirror stays as it was.
        DestinationRefusedError: when the cache cannot be written.
    """
    folder = _folder(url)
    with _locked(folder):
        if folder.is_dir():
            _fetch(url, folder)
        else:
            _clone(url, folder)
    return folder


def find_commit(repository: Path, ref: str) -> str:
    """The full hash of the commit that `ref` names in a repository; empty when it has none."""
    try:
        return git.resolve_commit(repository, ref)
    except UsageError:
        return ""


def newest_release(repository: Path) -> str:
    """The tag of the highest released version; empty when the repository has none."""
    return next(iter(releases(repository)), "")


def releases(repository: Path) -> tuple[str, ...]:
    """The tags of the released versions, the highest first."""
    found = [(version, tag) for tag in tags(repository) if (version := _version(tag))]
    final = [pair for pair in found if not pair[0].is_prerelease]
    return tuple(tag for _, tag in sorted(final, reverse=True))


def default_ref(repository: Path) -> str:
    """What is meant when nobody names a version: the newest release, else the default branch."""
    return newest_release(repository) or _DEFAULT_BRANCH


def _version(tag: str) -> Version | None:
    try:
        return Version(tag)
    except InvalidVersion:
        return None


def _folder(url: str) -> Path:
    place = Path(url)
    # A bundle's name stays and its content does not: what is in it decides.
    stamp = f"{place.stat().st_mtime_ns}-{place.stat().st_size}" if place.is_file() else ""
    name = hashlib.sha256(f"{url}\n{stamp}".encode()).hexdigest()[:24]
    return cache_folder() / "sources" / f"{name}.git"


def cache_folder() -> Path:
    """Where this person's copies of templates are kept; safe to delete."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    return Path(base) / "generator"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with exclusive(folder.with_suffix(".lock"), on_wait=lambda _: None):
        yield


def _clone(url: str, folder: Path) -> None:
    try:
        filling = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".filling-"))
    except OSError as error:
        raise cannot_write(folder.parent, error) from error
    try:
        init_bare(filling)
        _fetch(url, filling)
        filling.rename(folder)
    finally:
        shutil.rmtree(filling, ignore_errors=True)


def _fetch(url: str, folder: Path) -> None:
    try:
        fetch(folder, url.removeprefix("git+"), *_EVERYTHING)
    except git.GitError as error:
        raise SourceUnreachableError(
            f"The templates at {url} cannot be fetched: {error.message}",
            hint="Check the address, the network and your rights: `git ls-remote` shows more.",
        ) from error
