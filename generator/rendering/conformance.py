"""Renders every variant of a template and finds what is wrong with the template itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.catalog import MANIFEST, TemplateSpec, read_manifest
from generator.errors import AnswerRefusedError, GeneratorError, TemplateError
from generator.processes import Processes
from generator.rendering.answer_sets import (
    ANSWER_SETS,
    AnswerSet,
    complete_answers,
    read_answer_sets,
)
from generator.rendering.conditions import conditions, dead_conditions, dead_rules, observed
from generator.rendering.copier_contract import differences_to_copier
from generator.rendering.expressions import environment_for
from generator.rendering.hostile_text import (
    PLAIN,
    TEXTS,
    TWO_LINES,
    differing,
    documents,
    free_texts,
)
from generator.rendering.own_questions import QUESTIONS, template_folder
from generator.rendering.questions import Question, read_documents, read_questions
from generator.rendering.render import render
from generator.rendering.template_files import (
    Settings,
    TemplateFiles,
    Variant,
    misplaced_files,
)
from generator.sources.model import TemplateSource

_SUFFIX = ".jinja"


@dataclass(kw_only=True)
class TemplateTrial:
    """One template on trial: its variants are rendered once, and every check looks at them.

    Attributes:
        source: the version of its repository.
        root: that version's files.
        template: its name.
        scratch: a folder for what is rendered.
        sets: its answer sets.
        variants: what was rendered of them; see `render_variants`.
    """

    source: TemplateSource
    root: Path
    template: str
    scratch: Path
    sets: tuple[AnswerSet, ...] = ()
    variants: tuple[Variant, ...] = ()
    _dead: tuple[str, ...] = field(default=(), repr=False)

    @property
    def spec(self) -> TemplateSpec:
        """The template's facts. Raises `ManifestError`."""
        folder = template_folder(self.root, self.template)
        return read_manifest(folder / MANIFEST, self.template)

    def render_variants(self) -> tuple[str, ...]:
        """Render every answer set; return one line for each that cannot be.

        Raises:
            TemplateError: when the questionnaire or the answer sets cannot be read.
        """
        self.sets = read_answer_sets(self.root, self.template)
        faults, variants = [], []
        with observed() as outcomes:
            for one in self.sets:
                folder = self.scratch / one.name
                try:
                    answers = self._render(complete_answers(self._questions, one), folder)
                except GeneratorError as error:
                    faults.append(f"{one.name}: {error.message} {error.hint}".strip())
                else:
                    variants.append(Variant(name=one.name, answers=answers, folder=folder))
        self.variants = tuple(variants)
        if not faults:
            settings = self._settings
            found = conditions(self.root, self.template, settings.jinja, settings.suffix)
            self._dead = dead_conditions(list(found), outcomes, self._answers)
        return tuple(faults)

    def dead_conditions(self) -> tuple[str, ...]:
        """One line for each condition that no variant makes true, or none false."""
        return (*self._dead, *dead_rules(self.root, self.template, self._answers))

    def misplaced_files(self) -> tuple[str, ...]:
        """One line for each file that no variant has, or that should be in none."""
        # The facts of a workspace's own template are of no use in one.
        apart = {ANSWER_SETS, QUESTIONS} | ({MANIFEST} if self.spec.kind == "workspace" else set())
        files = TemplateFiles(root=self.root, template=self.template, apart=frozenset(apart))
        return misplaced_files(files, self.variants, self._settings)

    def broken_texts(self) -> tuple[str, ...]:
        """One line for each free text that does not come back from what it is written to.

        Each is tried in the variant with the most in it. What a question's own validator refuses
        is not written, and so is no fault.
        """
        links = frozenset(link.name for link in self.spec.links)
        fullest = max(self.variants, key=_fullness)
        lines: list[str] = []
        for question in free_texts(self._questions, links):
            if question.is_asked(fullest.answers):
                lines += self._broken(
                    question, complete_answers(self._questions, self._set(fullest))
                )
        return tuple(lines)

    def differences_to_copier(self, processes: Processes) -> tuple[str, ...]:
        """One line for each variant that plain `copier copy` renders in another way."""
        lines: list[str] = []
        for variant in self.variants:
            given = complete_answers(self._questions, self._set(variant))
            scratch = self.scratch / f"{variant.name}-by-copier"
            try:
                differing_files = differences_to_copier(
                    processes, self.source, given, variant.folder, scratch
                )
            except TemplateError as error:
                lines.append(f"{variant.name}: {error.message}")
            else:
                lines += [f"{variant.name}: {path} differs" for path in differing_files]
        return tuple(lines)

    def _render(self, answers: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
        return render(self.source, self.root, answers, folder)

    def _broken(self, question: Question, given: Mapping[str, Any]) -> Iterator[str]:
        aside = self.scratch / f"{question.name}-plain"
        try:
            self._render({**given, question.name: PLAIN}, aside)
        except AnswerRefusedError:
            # It takes no text of this kind; what it takes of others has nothing to compare with.
            return
        plain, faults = documents(aside)
        yield from (f"{question.name}: {fault}" for fault in faults)
        for number, (what, text) in enumerate({**TEXTS, "two lines": TWO_LINES}.items()):
            folder = self.scratch / f"{question.name}-{number}"
            try:
                self._render({**given, question.name: text}, folder)
            except AnswerRefusedError:
                continue
            except GeneratorError as error:
                yield f"{question.name}, {what}: {error.message}"
                continue
            broken, unparsed = documents(folder, unlike=aside)
            yield from (f"{question.name}, {what}: {fault}" for fault in unparsed)
            for name in differing(plain, broken, text):
                yield f"{question.name}, {what}: {name} does not give the text back"

    @property
    def _questions(self) -> tuple[Question, ...]:
        return read_questions(self.root, self.template)

    @property
    def _answers(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(variant.answers for variant in self.variants)

    @property
    def _settings(self) -> Settings:
        written = read_documents(self.root)
        exclude = written.get("_exclude", ())
        return Settings(
            jinja=environment_for(written.get("_envops")),
            suffix=str(written.get("_templates_suffix", _SUFFIX)),
            exclude=tuple(map(str, exclude if isinstance(exclude, list) else ())),
        )

    def _set(self, variant: Variant) -> AnswerSet:
        return next(one for one in self.sets if one.name == variant.name)


def _fullness(variant: Variant) -> tuple[int, bool]:
    features = variant.answers.get("features") or ()
    return len(features), bool(variant.answers.get("example", True))
