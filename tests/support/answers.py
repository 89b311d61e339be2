"""The supported answer sets of every template: what is rendered by tests is what people get."""

from generator.catalog import read_manifests
from generator.rendering.answer_sets import AnswerSet, read_answer_sets
from generator.workspace import WORKSPACE_TEMPLATE
from tests.support.checkout import PROJECT

_TEMPLATES = sorted(
    (spec.name for spec in read_manifests(PROJECT)), key=lambda name: name != WORKSPACE_TEMPLATE
)
ANSWER_SETS = tuple(one for name in _TEMPLATES for one in read_answer_sets(PROJECT, name))
SERVICE_SETS = tuple(one for one in ANSWER_SETS if one.template != WORKSPACE_TEMPLATE)


def flags_of(answer_set: AnswerSet) -> list[str]:
    """The words that give a new service these answers."""
    data = answer_set.data
    flags = [] if data.get("example", True) else ["--no-example"]
    if provider := data.get("data_service"):
        flags += ["--data-service", provider]
    if (features := data.get("features")) is not None:
        flags += ["--with", ",".join(features)]
    return flags
