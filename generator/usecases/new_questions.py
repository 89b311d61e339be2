"""The questions that the next version of a template asks and the one before it did not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.catalog import TemplateSpec, read_manifests
from generator.errors import AnswerRefusedError
from generator.rendering.questions import Question, read_questions
from generator.sources.export import exported
from generator.usecases.rendered import (
    WORKSPACE,
    Rendered,
    located_projects,
    recorded_answers,
)
from generator.usecases.update import UpdateRequest
from generator.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class NewQuestions:
    """What one project is asked on its way to the next version.

    Attributes:
        project: the service, or the workspace.
        known: its answers of today.
        questions: those without an answer, in the order of the questionnaire.
        template: the facts of the next version.
    """

    project: Rendered
    known: Mapping[str, Any]
    questions: tuple[Question, ...]
    template: TemplateSpec

    def asked(self, known: Mapping[str, Any]) -> tuple[Question, ...]:
        """Those that are asked after these answers."""
        return tuple(question for question in self.questions if question.is_asked(known))


def new_questions(workspace: Workspace, request: UpdateRequest) -> tuple[NewQuestions, ...]:
    """The questions that the update would ask, of each project that has any.

    Raises what `located_projects` raises, and TemplateError for a bad questionnaire.
    """
    found = []
    for project in located_projects(workspace, names=request.names, to=request.to, dev=request.dev):
        if not project.is_behind:
            continue
        known = recorded_answers(workspace, project)
        with exported(project.target) as root:
            questions = read_questions(root, project.template)
            specs = {spec.name: spec for spec in read_manifests(root)}
        fresh = tuple(q for q in questions if not q.computed and q.name not in known)
        if template := specs.get(project.template):
            asking = NewQuestions(project=project, known=known, questions=fresh, template=template)
            found.extend([asking] if asking.asked(known) else [])
    return tuple(found)


def checked_answers(
    asked: tuple[NewQuestions, ...], data: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Give each answer to every project that asks for it.

    Args:
        asked: the new questions.
        data: the answers by their question's name; text is converted.

    Returns:
        The answers by the project's name.

    Raises:
        AnswerRefusedError: for an answer that no project asks for, or that is refused.
    """
    given: dict[str, dict[str, Any]] = {}
    for name, value in data.items():
        asking = [each for each in asked if name in {q.name for q in each.questions}]
        if not asking:
            known = sorted({q.name for each in asked for q in each.asked(each.known)})
            raise AnswerRefusedError(
                f"{name} is no new question of this update.",
                hint=f"New questions: {', '.join(known) or 'none'}.",
            )
        for each in asking:
            question = next(q for q in each.questions if q.name == name)
            answer = question.converted(value)
            if fault := question.fault_of(answer, each.known):
                raise AnswerRefusedError(f"The answer {name} is {value!a}.", hint=fault)
            given.setdefault(each.project.name, {})[name] = answer
    return given


def title_of(asking: NewQuestions) -> str:
    """What is asked about, in words."""
    project = asking.project
    name = "The workspace" if project.name == WORKSPACE else project.name
    return f"{name}, new in {project.target.version or 'these templates'}"
