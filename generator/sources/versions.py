"""Finds the version of a template repository that an answers file or a person names."""

from pathlib import Path

from generator import git
from generator.errors import UsageError
from generator.sources.mirror import find_commit
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
