"""Guesses from a service's files what it was rendered from: template, answers and version."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.answers import ANSWERS_FILE
from generator.catalog import Catalog, TemplateSpec
from generator.errors import AnswerRefusedError, GeneratorError, UsageError
from generator.rendering.questions import read_questions
from generator.rendering.render import render
from generator.sources.export import exported
from generator.sources.model import TemplateSource
from generator.usecases.losses import files_below, is_noise
from generator.usecases.selection import providers
from generator.wiring import hand_set_ports
from generator.workspace import Inventory

# Below this share of its paths a template is not what a folder was made from.
_LEAST_SHARE = 0.4
_SUFFIX = ".jinja"


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """What a version renders with some answers, compared with a service's files.

    Attributes:
        source: the version.
        folder: what it renders to, aside.
        distance: how many lines differ, of the files that are rendered.
        same: the files that are as rendered, from the service's folder.
        edited: those that differ.
        missing: those that are not there.
    """

    source: TemplateSource
    folder: Path
    distance: int
    same: tuple[str, ...]
    edited: tuple[str, ...]
    missing: tuple[str, ...]


def guess_template(folder: Path, root: Path, catalog: Catalog) -> str:
    """The template whose files have most of the names of a folder's.

    Args:
        folder: a service's.
        root: the templates of one version.
        catalog: their facts.

    Raises:
        UsageError: when none is near.
    """
    there = {path for path in files_below(folder) if not is_noise(path)}
    shares = {}
    for spec in catalog.templates:
        names = {
            path.removesuffix(_SUFFIX)
            for path in files_below(root / "templates" / spec.name)
            if "{%" not in path
        }
        shares[spec.name] = len(names & there) / max(len(names), 1)
    best = max(shares, key=lambda name: shares[name], default="")
    if not best or shares[best] < _LEAST_SHARE:
        raise UsageError(
            f"{folder} looks like none of the templates.",
            hint=f"Say which it was made from: --template with one of {', '.join(shares)}.",
        )
    return best


def guess_answers(
    folder: Path, spec: TemplateSpec, known: Mapping[str, Any], inventory: Inventory
) -> dict[str, Any]:
    """The answers that a service's files speak of; those that are known are taken as they are.

    Raises:
        AnswerRefusedError: when a link that may not be empty cannot be told.
    """
    answers = {"template": spec.name, "service_name": folder.name, **_written(folder), **known}
    if spec.features and "features" not in answers:
        answers["features"] = [
            feature.name
            for feature in spec.features
            if any(any(folder.glob(pattern)) for pattern in feature.files)
        ]
    texts = [_text(folder / name) for name in ("compose.yaml", "pyproject.toml")]
    for link in spec.links:
        if link.name in answers:
            continue
        named = [
            name
            for name in providers(inventory, link.to)
            if name != folder.name and any(name in text for text in texts)
        ]
        answers[link.name] = max(named, key=len, default="")
        if not answers[link.name] and not link.optional:
            raise AnswerRefusedError(
                f"{folder.name} names nobody that it calls by {link.name}.",
                hint=f"Say whom: --data {link.name}=NAME",
            )
    return answers


def best_match(
    folder: Path, versions: Iterable[TemplateSource], answers: Mapping[str, Any], aside: Path
) -> Match | None:
    """The version that renders what is nearest to a service's files; the first of those as near.

    Args:
        folder: the service's.
        versions: those to try.
        answers: what to render them with; where the example is not among them, with and without.
        aside: where to render.
    """
    best: Match | None = None
    examples = [answers["example"]] if "example" in answers else [True, False]
    for number, source in enumerate(versions):
        for example in examples:
            into = aside / f"{number}-{example}"
            if not _rendered(source, {**answers, "example": example}, into):
                continue
            match = _compared(folder, source, into)
            if best is None or match.distance < best.distance:
                best = match
    return best


def _rendered(source: TemplateSource, answers: Mapping[str, Any], into: Path) -> bool:
    """Render a version with those of the answers that it asks for; whether it can be."""
    try:
        with exported(source) as root:
            asked = {
                question.name
                for question in read_questions(root, str(answers["template"]))
                if not question.computed
            }
            given = {key: value for key, value in answers.items() if key in asked}
            render(source, root, given, into)
    except GeneratorError:
        return False
    return True


def _compared(folder: Path, source: TemplateSource, rendered: Path) -> Match:
    same, edited, missing, distance = [], [], [], 0
    for path in files_below(rendered):
        if path == ANSWERS_FILE:
            continue
        was, there = _lines(rendered / path), _lines(folder / path)
        if there is None:
            missing.append(path)
            distance += sum((was or Counter()).values()) + 1
        elif _content(rendered / path) == _content(folder / path):
            same.append(path)
        else:
            edited.append(path)
            apart = ((was or Counter()) - there) + (there - (was or Counter()))
            distance += sum(apart.values()) or 1
    return Match(
        source=source,
        folder=rendered,
        distance=distance,
        same=tuple(same),
        edited=tuple(edited),
        missing=tuple(missing),
    )


def _written(folder: Path) -> dict[str, Any]:
    """What a service's own files say of it: its description and its host port."""
    found: dict[str, Any] = {}
    try:
        project = tomllib.loads(_text(folder / "pyproject.toml")).get("project", {})
        if isinstance(project.get("description"), str):
            found["description"] = project["description"]
    except (tomllib.TOMLDecodeError, AttributeError):
        pass
    for port, name in hand_set_ports(_text(folder / "compose.yaml")).items():
        if name == folder.name:
            found.setdefault("port", port)
    return found


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _content(path: Path) -> bytes:
    return str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()


def _lines(path: Path) -> Counter[bytes] | None:
    if not path.is_symlink() and not path.is_file():
        return None
    return Counter(_content(path).splitlines())
