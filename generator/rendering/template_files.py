"""Finds the files of a template that nobody ever gets, and what hides them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2.sandbox import SandboxedEnvironment

from generator.rendering.expressions import evaluate
from generator.rendering.own_questions import template_folder

# What tools leave beside sources; nobody misses it.
_NOISE = ("__pycache__", "*.py[co]", ".git", ".DS_Store", ".*_cache")


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateFiles:
    """The files of a template.

    Attributes:
        root: the tree of the templates.
        template: its name.
        apart: the names of those that say something of the template and are in no rendering.
    """

    root: Path
    template: str
    apart: frozenset[str]

    @property
    def folder(self) -> Path:
        """Where they are."""
        return template_folder(self.root, self.template)


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """A variant of a template as it was rendered.

    Attributes:
        name: its answer set's.
        answers: all of its answers, computed ones included.
        folder: what was rendered.
    """

    name: str
    answers: Mapping[str, Any]
    folder: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a questionnaire says of files.

    Attributes:
        jinja: evaluates paths and patterns.
        suffix: how the names of files end that hold Jinja.
        exclude: the patterns of `_exclude`, as written.
    """

    jinja: SandboxedEnvironment
    suffix: str
    exclude: tuple[str, ...]


def misplaced_files(
    files: TemplateFiles, variants: Sequence[Variant], settings: Settings
) -> tuple[str, ...]:
    """One line for each file that no variant has, and for what is rendered and should not be.

    Raises:
        TemplateError: when a path cannot be evaluated.
    """
    return (
        *_never_rendered(files, variants, settings),
        *(
            f"{name} is rendered into every service: add /{name} to _exclude of copier.yml"
            for name in sorted(files.apart)
            if any((variant.folder / name).exists() for variant in variants)
        ),
    )


def _never_rendered(
    files: TemplateFiles, variants: Sequence[Variant], settings: Settings
) -> Iterator[str]:
    folder = files.folder
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_dir() or _is_noise(relative) or relative.as_posix() in files.apart:
            continue
        if (folder / f"{relative}{settings.suffix}").exists() or "{% yield" in str(relative):
            # Copier takes the one with the suffix; and what it yields has many names.
            continue
        places = [(one, _place_of(relative, one.answers, settings)) for one in variants]
        if any(place and (one.folder / place).exists() for one, place in places):
            continue
        hiding = _hiding(places, settings)
        cause = f": _exclude has {hiding!r}" if hiding else ""
        yield f"{path.relative_to(files.root)} is in no answer set's rendering{cause}"


def _is_noise(relative: Path) -> bool:
    return any(fnmatchcase(part, pattern) for part in relative.parts for pattern in _NOISE)


def _place_of(relative: Path, answers: Mapping[str, Any], settings: Settings) -> str:
    """Where a file of the template goes with these answers; empty for nowhere."""
    named = relative.with_suffix("") if relative.name.endswith(settings.suffix) else relative
    context = {"_copier_conf": {"answers_file": ".copier-answers.yml"}, **answers}
    parts = [evaluate(settings.jinja, part, context) for part in named.parts]
    return "/".join(parts) if all(parts) else ""


def _hiding(places: Sequence[tuple[Variant, str]], settings: Settings) -> str:
    """The pattern of `_exclude` that hides a file in every variant, as far as one does."""
    for written in settings.exclude:
        if all(
            place and _matches(evaluate(settings.jinja, written, one.answers), place)
            for one, place in places
        ):
            return written
    return ""


def _matches(pattern: str, place: str) -> bool:
    path, wanted = PurePosixPath(place), pattern.strip().strip("/")
    above = (path, *path.parents)
    if "/" in pattern.strip().rstrip("/"):
        return any(fnmatchcase(str(one), wanted) for one in above if wanted)
    return any(fnmatchcase(part, wanted) for part in path.parts if wanted)
