"""Writes `copier.yml` from the templates' manifests: `python -m tests.support.questions`."""

from generator.rendering.questionnaire import questionnaire
from generator.sources.model import QUESTIONNAIRE
from tests.support.checkout import PROJECT

if __name__ == "__main__":
    (PROJECT / QUESTIONNAIRE).write_text(questionnaire(PROJECT), encoding="utf-8")
