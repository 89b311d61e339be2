"""Finds the file of a template that a rendered file came from, and the answers behind it."""

import difflib
import fnmatch
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2.sandbox import SandboxedEnvironment

from generator.catalog import MANIFEST, read_manifest
from generator.errors import TemplateError
from generator.rendering.expressions import environment_for, evaluate, names_in
from generator.rendering.questions import read_questions

_SUFFIX = ".jinja"
_STATEMENT = re.compile(r"\s*(\{%.*%\}|\{#.*#\})\s*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a rendered file came from.

    Attributes:
        path: the template's file, from the template repository's root on.
        lines: the lines of it that a line was rendered from, first and last; None where none was
            asked for, or the text is the template's only in part.
        answers: the answers that it asks for: those that decide on the file, and those in it, or
            in these lines.
    """

    path: str
    lines: tuple[int, int] | None
    answers: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedFile:
    """What is asked about.

    Attributes:
        path: from the project's folder on.
        text: as it was rendered.
        line: one line of it, counted from 1; 0 for the file as a whole.
    """

    path: str
    text: str
    line: int = 0


def origin_of(
    root: Path, template: str, answers: Mapping[str, Any], file: RenderedFile
) -> Origin | None:
    """Where a rendered file came from; None when the template renders no such file.

    Args:
        root: the files of the template's version.
        template: its name.
        answers: what was rendered with; computed ones may be left out.
        file: what is asked about.

    Raises:
        TemplateError: when the questionnaire cannot be read.
    """
    jinja, known = environment_for(None), dict(answers)
    for question in read_questions(root, template):
        if question.name not in known:
            known[question.name] = question.default_after(known)
    folder = root / "templates" / template
    for source in sorted(folder.rglob("*")):
        written = source.relative_to(folder).as_posix()
        if source.is_dir() or _rendered_name(jinja, written, known) != file.path:
            continue
        is_jinja = written.endswith(_SUFFIX)
        content = _text(source)
        lines = _source_lines(content, file, is_jinja=is_jinja) if file.line else None
        asked = content if lines is None else _between(content, lines)
        names = {*names_in(jinja, written), *_conditions(folder, file.path)}
        names |= _names(jinja, asked) if is_jinja else set()
        return Origin(
            path=source.relative_to(root).as_posix(),
            lines=lines,
            answers={name: known[name] for name in sorted(names) if name in known},
        )
    return None


def _rendered_name(jinja: SandboxedEnvironment, written: str, known: Mapping[str, Any]) -> str:
    parts = [evaluate(jinja, part, known) for part in written.removesuffix(_SUFFIX).split("/")]
    return "/".join(parts) if all(parts) else ""


def _conditions(folder: Path, path: str) -> Iterator[str]:
    """The answers by which the manifest decides whether there is such a file."""
    spec = read_manifest(folder / MANIFEST, folder.name)
    for feature in spec.features:
        if _matches(path, feature.files):
            yield "features"
    for files in spec.files:
        if _matches(path, files.paths):
            yield from (name for name in ("example", "features") if name in files.when)


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    above = ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 2)]
    return any(fnmatch.fnmatchcase(part, pattern) for part in above for pattern in patterns)


def _source_lines(content: str, file: RenderedFile, *, is_jinja: bool) -> tuple[int, int] | None:
    """The template's lines that a rendered line came from."""
    line = file.line
    if not is_jinja:
        return line, line
    before, after = content.splitlines(), file.text.splitlines()
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for word, first, last, start, end in matcher.get_opcodes():
        if not start < line <= end:
            continue
        if word == "equal":
            return first + line - start, first + line - start
        # What a line with a value in it becomes has another text. Lines of mere statements become
        # nothing; where the others are as many as what they became, each became one.
        telling = [n for n in range(first, last) if not _STATEMENT.fullmatch(before[n])]
        if len(telling) == end - start:
            found = telling[line - start - 1] + 1
            return found, found
        return (first + 1, last) if last > first else (max(first, 1), max(first, 1))
    return None


def _between(content: str, lines: tuple[int, int]) -> str:
    first, last = lines
    return "\n".join(content.splitlines()[first - 1 : last])


def _names(jinja: SandboxedEnvironment, text: str) -> set[str]:
    """The names in a piece of a template; of one that is cut within a block, each line's."""
    try:
        return set(names_in(jinja, text))
    except TemplateError:
        return {name for line in text.splitlines() for name in _names_of_line(jinja, line)}


def _names_of_line(jinja: SandboxedEnvironment, line: str) -> frozenset[str]:
    for ending in ("", "{% endif %}", "{% endfor %}"):
        with suppress(TemplateError):
            return names_in(jinja, f"{line}{ending}")
    return frozenset()


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="surrogateescape")
