"""Finds the templates that this generator brings along and which version they are."""

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from generator import __version__, git
from generator.errors import UntrustedSourceError
from generator.template_url import TemplateUrl

QUESTIONNAIRE = "copier.yml"
# What decides how a template renders; the rest of a checkout may be dirty.
RENDERED_FROM = (QUESTIONNAIRE, "templates")

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateSource:
    """One version of the templates.

    Attributes:
        root: the folder that holds copier.yml.
        url: what answers files record as the template's place, without credentials.
        commit: the full hash to export; empty when the files are taken as they stand.
        version: what answers files record as the template's version.
    """

    root: Path
    url: str
    commit: str
    version: str


def find_source(*, dev: bool = False, workspace_url: str = "") -> TemplateSource:
    """The templates beside this package: a checkout, a source tree without git, or a wheel's own.

    Args:
        dev: take a checkout's files as they stand, uncommitted changes included.
        workspace_url: the template URL that the workspace records; used when neither the
            checkout nor the package knows one.

    Raises:
        UntrustedSourceError: when the checkout has uncommitted changes and `dev` is off.
    """
    root = source_root()
    if not git.is_repository_root(root):
        url = _canonical_url(root, workspace_url)
        return TemplateSource(root=root, url=url, commit="", version=f"v{__version__}")
    commit = git.resolve_commit(root, "HEAD")
    dirty = git.is_dirty(root, *RENDERED_FROM)
    if dirty and not dev:
        raise UntrustedSourceError(
            f"The templates in {root} have uncommitted changes, so no version would name them.",
            hint="Commit them, or try them out with --dev.",
        )
    return TemplateSource(
        root=root,
        url=_canonical_url(root, workspace_url),
        commit="" if dirty else commit,
        version=git.describe(root, commit),
    )


def source_root() -> Path:
    """The folder with copier.yml: inside the package when installed, above it in a checkout."""
    packed = _PACKAGE / "_source"
    return packed if (packed / QUESTIONNAIRE).is_file() else _PACKAGE.parent


def _canonical_url(root: Path, workspace_url: str) -> str:
    if git.is_repository_root(root) and (origin := git.origin_url(root)):
        return str(TemplateUrl.parse(origin, base=root))
    for known in (_package_url(), workspace_url):
        if known and (url := TemplateUrl.parse(known)).is_remote:
            return str(url)
    return str(root)


def _package_url() -> str:
    try:
        entries = metadata.metadata("generator").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return ""
    for entry in entries:
        label, _, url = str(entry).partition(", ")
        if label == "Repository":
            return url
    return ""
