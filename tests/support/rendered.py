"""Renders an answer set once per session, through the generator's own rendering."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.rendering.answer_sets import AnswerSet
from generator.rendering.questions import check_answers, read_questions
from generator.rendering.render import render
from generator.sources.model import TemplateSource
from tests.support.checkout import PROJECT, copy_project

SOURCE = TemplateSource(
    root=PROJECT, url="https://git.example/acme/generator.git", commit="", version="v0.1.0"
)


@dataclass(kw_only=True)
class Renderer:
    """Gives the folder of a rendered answer set; every caller gets the same one, to read only."""

    folder: Path
    template_root: Path

    def __call__(self, answer_set: AnswerSet) -> Path:
        """The rendered folder; answers that are no questions are refused."""
        destination = self.folder / answer_set.name
        if not destination.exists():
            self.render(answer_set.answers, destination)
        return destination

    def render(self, answers: dict[str, Any], destination: Path) -> None:
        """Render any answers to a new folder."""
        questions = read_questions(self.template_root, answers["template"])
        checked = check_answers(questions, answers)
        render(SOURCE, self.template_root, checked, destination)


def make_renderer(folder: Path) -> Renderer:
    """A renderer that works from a copy of the project without git, caches or environments."""
    template_root = folder / "templates-of-this-project"
    copy_project(template_root)
    shutil.rmtree(template_root / "tests")
    return Renderer(folder=folder, template_root=template_root)
