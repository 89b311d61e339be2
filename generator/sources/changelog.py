"""What a template repository says about the versions between two of its own."""

import re
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from generator.git import GitError
from generator.git.remotes import list_tree, read_blob
from generator.sources.model import TemplateSource
from generator.sources.versions import released

# Where it is kept, in the form of Keep a Changelog: the first one that there is.
CHANGELOGS = ("CHANGELOG.md", "docs/changelog.md", "docs/CHANGELOG.md")
_HEADING = re.compile(r"##\s+\[?v?(?P<version>\d[^\s\]]*)\]?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """What a changelog says of one version.

    Attributes:
        version: as its heading has it, without brackets.
        text: what stands below the heading.
    """

    version: str
    text: str


def releases_between(current: TemplateSource, target: TemplateSource) -> tuple[Release, ...]:
    """The releases after one version up to another, in the changelog's order.

    A version that is no release counts as the release before it.

    Returns:
        Nothing where the repository has no changelog, or one of another form.
    """
    after, until = released(current.version), released(target.version)
    if not after or not until or not target.commit:
        return ()
    found = []
    for release in _releases(_changelog(target)):
        version = _version(release.version)
        if version and after[0] < version <= until[0]:
            found.append(release)
    return tuple(found)


def _changelog(source: TemplateSource) -> str:
    try:
        entries = {e.path: e for e in list_tree(source.root, source.commit, *CHANGELOGS)}
        path = next((path for path in CHANGELOGS if path in entries), "")
        return read_blob(source.root, entries[path].object_id) if path else ""
    except GitError:
        # A clone without its blobs, offline: an update does not fail for its news.
        return ""


def _releases(text: str) -> tuple[Release, ...]:
    parts: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("## "):
            found = _HEADING.match(line)
            parts.append((found["version"] if found else "", []))
        elif parts:
            parts[-1][1].append(line)
    return tuple(
        Release(version=version, text="\n".join(lines).strip())
        for version, lines in parts
        if version
    )


def _version(word: str) -> Version | None:
    try:
        return Version(word)
    except InvalidVersion:
        return None
