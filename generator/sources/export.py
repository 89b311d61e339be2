"""Exports a template version once into a cache keyed by its commit."""

import posixpath
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator import git
from generator.errors import TemplateError
from generator.files import cannot_write
from generator.git.remotes import list_tree, read_blob
from generator.sources.mirror import cache_folder
from generator.sources.model import QUESTIONNAIRE, RENDERED_FROM, TemplateSource


@contextmanager
def exported(source: TemplateSource) -> Iterator[Path]:
    """The source's files as a plain folder; nobody may write to it.

    A cache that cannot be written only costs speed: then the folder is a temporary one.

    Raises:
        TemplateError: when the version holds no templates, or files that lead out of it.
        DiskError: when there is room for it neither there nor in the cache.
    """
    if not source.commit:
        yield source.root
        return
    cached = cache_folder() / "templates" / source.commit
    if not cached.is_dir() and not _fill(source, cached):
        with tempfile.TemporaryDirectory(prefix="generator-export-") as folder:
            try:
                _export(source, Path(folder))
            except OSError as error:
                raise cannot_write(Path(folder), error) from error
            yield Path(folder)
        return
    yield cached


def _fill(source: TemplateSource, cached: Path) -> bool:
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cached.parent, prefix=".filling-") as folder:
            _export(source, Path(folder) / "tree")
            # Two runs may fill at once; the second rename fails on a folder that is as good.
            (Path(folder) / "tree").rename(cached)
    except OSError:
        return cached.is_dir()
    return True


def _export(source: TemplateSource, destination: Path) -> None:
    _refuse_unsafe(source)
    git.export(source.root, source.commit, destination, paths=RENDERED_FROM)


def _refuse_unsafe(source: TemplateSource) -> None:
    """See that the version is whole and stays inside itself: no submodule, no link out of it."""
    entries = list_tree(source.root, source.commit, *RENDERED_FROM)
    if not any(entry.path == QUESTIONNAIRE for entry in entries):
        raise TemplateError(
            f"{source.url} has no {QUESTIONNAIRE} at {source.version}.",
            hint="A template repository has one in its root, and its templates in templates/.",
        )
    for entry in entries:
        if entry.is_submodule:
            raise TemplateError(
                f"{source.url} has a submodule at {entry.path}, which is not part of its version.",
                hint="Put the files themselves into the template repository.",
            )
        if entry.is_link:
            refuse_link_out(source.url, entry.path, read_blob(source.root, entry.object_id))


def refuse_link_out(url: str, path: str, target: str) -> None:
    """Refuse a link of a template repository that leads out of its templates.

    Args:
        url: the repository, for the message.
        path: where the link is, from the repository's root.
        target: what it points to.

    Raises:
        TemplateError: when it does.
    """
    reached = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    if posixpath.isabs(target) or not reached.startswith("templates/"):
        raise TemplateError(
            f"{url}: {path} is a link to {target}, which leads out of it.",
            hint="Link only to files of templates/.",
        )
