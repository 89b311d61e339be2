"""Reads the questions that one template asks by itself, which stand in its folder."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from generator.errors import TemplateError

# In a template's folder, and no part of what is rendered from it.
QUESTIONS = "questions.yml"
_TEMPLATES = "templates"


def template_folder(root: Path, template: str) -> Path:
    """Where the files of a template are."""
    return root / _TEMPLATES / template


def own_questions(root: Path, template: str) -> Mapping[str, dict[str, Any]]:
    """The questions of a template's own, by name, as they are written there.

    Raises:
        TemplateError: when the file cannot be read, or is no mapping of names to questions.
    """
    path = template_folder(root, template) / QUESTIONS
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        said = " ".join(str(error).split())
        raise TemplateError(f"{path} cannot be read: {said}.") from error
    if not isinstance(written, dict) or not all(isinstance(q, dict) for q in written.values()):
        raise TemplateError(
            f"{path} holds no questions.",
            hint="Write a name, and under it what Copier knows of a question: type, help, default.",
        )
    return written


def questions_of_others(root: Path, template: str) -> frozenset[str]:
    """The names of the questions that other templates of the tree ask by themselves."""
    return frozenset(name for other, name in _all_own(root) if other != template)


def asked_by_itself(root: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every template's own questions, each asked of its template alone.

    Raises:
        TemplateError: when two templates have a question of one name.
    """
    asker: dict[str, str] = {}
    for template, name in _all_own(root):
        if name in asker:
            raise TemplateError(
                f"{name} is a question of {asker[name]} and of {template}.",
                hint=f"Rename one of them: {template_folder(root, template) / QUESTIONS}.",
            )
        asker[name] = template
        yield name, _limited(own_questions(root, template)[name], template)


def _all_own(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((root / _TEMPLATES).glob(f"[!_.]*/{QUESTIONS}")):
        for name in own_questions(root, path.parent.name):
            yield path.parent.name, name


def _limited(question: dict[str, Any], template: str) -> dict[str, Any]:
    """The question with a condition by which other templates do not ask it."""
    when = question.get("when", True)
    if when is False:
        return question
    condition = (
        f"{{% if template == '{template}' %}}{when}{{% endif %}}"
        if isinstance(when, str)
        else f"{{{{ template == '{template}' }}}}"
    )
    return {**question, "when": condition}
