"""Exports a template version once into a cache keyed by its commit."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator import git
from generator.rendering.source import RENDERED_FROM, TemplateSource


@contextmanager
def exported(source: TemplateSource) -> Iterator[Path]:
    """The source's files as a plain folder; nobody may write to it.

    A cache that cannot be written only costs speed: then the folder is a temporary one.
    """
    if not source.commit:
        yield source.root
        return
    cached = _cache_folder() / source.commit
    if not cached.is_dir() and not _fill(source, cached):
        with tempfile.TemporaryDirectory(prefix="generator-export-") as folder:
            git.export(source.root, source.commit, Path(folder), paths=RENDERED_FROM)
            yield Path(folder)
        return
    yield cached


def _fill(source: TemplateSource, cached: Path) -> bool:
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cached.parent, prefix=".filling-") as folder:
            git.export(source.root, source.commit, Path(folder) / "tree", paths=RENDERED_FROM)
            # Two runs may fill at once; the second rename fails on a folder that is as good.
            (Path(folder) / "tree").rename(cached)
    except OSError:
        return cached.is_dir()
    return True


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    return Path(base) / "generator" / "templates"
