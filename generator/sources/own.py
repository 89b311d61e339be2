"""The templates that this generator brings along: a checkout's, or the bundle in a wheel."""

import json
from importlib import metadata
from pathlib import Path

from generator import git
from generator.errors import UntrustedSourceError
from generator.sources.mirror import mirror_of
from generator.sources.model import RENDERED_FROM, TemplateSource
from generator.template_url import TemplateUrl

_PACKAGE = Path(__file__).resolve().parent.parent
# Written by the build: the released versions, and which of them the wheel is.
_BUNDLE = _PACKAGE / "_source/templates.bundle"
_BUILT_FROM = _PACKAGE / "_source/built-from.json"


def find_source(*, dev: bool = False, workspace_url: str = "") -> TemplateSource:
    """The version of the templates that belongs to this generator.

    Args:
        dev: take a checkout's files as they stand, uncommitted changes included.
        workspace_url: the template URL that the workspace records; used when neither the
            checkout nor the package knows one.

    Raises:
        UntrustedSourceError: when no commit holds the files and `dev` is off.
    """
    if _BUNDLE.is_file():
        return _packed(workspace_url)
    root = _PACKAGE.parent
    commit = git.resolve_commit(root, "HEAD") if git.is_repository_root(root) else ""
    clean = bool(commit) and not git.is_dirty(root, *RENDERED_FROM)
    if not clean and not dev:
        raise UntrustedSourceError(
            f"The templates in {root} have uncommitted changes, so no version would name them."
            if commit
            else f"The templates in {root} are in no git repository, so no version names them.",
            hint="Commit them, or try them out with --dev.",
        )
    return TemplateSource(
        root=root,
        url=_checkout_url(root, workspace_url),
        commit=commit if clean else "",
        version=git.describe(root, commit) if commit else "",
    )


def own_repository() -> Path:
    """The git repository with the versions of our templates: the checkout, or the bundle's mirror.

    Raises:
        UntrustedSourceError: when the generator runs from files that are in no repository.
    """
    if _BUNDLE.is_file():
        return mirror_of(str(_BUNDLE))
    if git.is_repository_root(_PACKAGE.parent):
        return _PACKAGE.parent
    raise UntrustedSourceError(
        f"The templates in {_PACKAGE.parent} are in no git repository, so have no versions.",
        hint="Install a released generator, or run it from a clone.",
    )


def _packed(workspace_url: str) -> TemplateSource:
    built = json.loads(_BUILT_FROM.read_text(encoding="utf-8"))
    known = (_installed_from(), built["url"], workspace_url)
    remote = [str(url) for url in map(TemplateUrl.parse, filter(None, known)) if url.is_remote]
    return TemplateSource(
        root=mirror_of(str(_BUNDLE)),
        # Copier updates from a bundle as well, so a place that only this machine has still works.
        url=remote[0] if remote else str(_BUNDLE),
        commit=built["commit"],
        version=built["version"],
    )


def _checkout_url(root: Path, workspace_url: str) -> str:
    if git.is_repository_root(root) and (origin := git.origin_url(root)):
        return str(TemplateUrl.parse(origin, base=root))
    if workspace_url and (url := TemplateUrl.parse(workspace_url)).is_remote:
        return str(url)
    return str(root)


def _installed_from() -> str:
    """The repository that an installer fetched this package from, if it noted one (PEP 610)."""
    try:
        noted = metadata.distribution("generator").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return ""
    direct = json.loads(noted) if noted else {}
    return str(direct.get("url", "")) if "vcs_info" in direct else ""
