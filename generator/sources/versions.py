"""Finds the version of a template repository that an answers file or a person names."""

from pathlib import Path

from packaging.version import InvalidVersion, Version

from generator import git
from generator.errors import UsageError
from generator.git.index import is_shallow
from generator.sources.mirror import find_commit, newest_release
from generator.sources.model import TemplateSource


def version_at(repository: Path, url: str, ref: str) -> TemplateSource:
    """The version that a tag, a branch, a hash or `git describe`'s word names.

    Args:
        repository: the folder that holds its commit.
        url: what answers files record as the templates' place.
        ref: the word.

    Raises:
        UsageError: when the repository has no such version.
    """
    commit = find_commit(repository, ref) if ref else ""
    if not commit:
        raise UsageError(
            f"The templates at {url} have no version {ref or '(none is recorded)'!a}.",
            hint="Versions are tags: `git ls-remote --tags` shows them. What was rendered with "
            "--dev may never have been committed.",
        )
    return TemplateSource(
        root=repository, url=url, commit=commit, version=git.describe(repository, commit)
    )


def recorded_version_at(repository: Path, url: str, word: str, *, of: str) -> TemplateSource:
    """The version that an answers file records.

    Args:
        repository: the folder that holds its commit.
        url: what the answers file records as the templates' place.
        word: what it records as their version.
        of: whose answers these are, for the message.

    Raises:
        UsageError: when the repository does not have it; the hint says what may be done.
    """
    try:
        return version_at(repository, url, word)
    except UsageError as error:
        newest = newest_release(repository)
        if is_shallow(repository):
            hint = f"That clone has a part of its history only: git -C {repository} fetch "
            hint += "--unshallow --tags"
        elif released(word) and newest and released(word) > released(newest):
            hint = f"The newest one here is {newest}: install a newer generator."
        else:
            hint = "Their history was rewritten, or it was rendered with --dev. `generator adopt "
            hint += f"{of}` takes its files for what they are and goes on from a version there is."
        raise UsageError(
            f"{of} was rendered from {word or '(no version)'}, which the templates at {url} "
            "do not have.",
            hint=hint,
        ) from error


def is_newer(repository: Path, one: TemplateSource, *, than: TemplateSource) -> bool:
    """Whether a version was made from the other one, and is another."""
    if not than.commit or one.commit == than.commit:
        return False
    return git.is_ancestor(repository, than.commit, one.commit)


def released(word: str) -> tuple[Version, ...]:
    """The release that a version's word begins with, to be compared; empty when it is none."""
    try:
        return (Version(word.split("-", 1)[0]),)
    except InvalidVersion:
        return ()
