"""Evaluates the Jinja that a questionnaire may hold, as Copier does."""

import re
from collections.abc import Mapping

import yaml
from jinja2 import ChainableUndefined, meta
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import SandboxedEnvironment

from generator.errors import TemplateError

_FILTERS = "jinja2_ansible_filters.AnsibleCoreFiltersExtension"
_NO = frozenset({"", "false", "no", "n", "f", "off", "0", "~", "null", "none"})
# What an expression of a stranger, given answers that it did not think of, may end with.
_FAULTS = (JinjaError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


def environment_for(settings: object) -> SandboxedEnvironment:
    """The environment of a questionnaire: Copier's filters, and the marks of its `_envops`.

    What is not known yet is empty, whatever `_envops` says: Copier has the last word on it.
    """
    given = settings if isinstance(settings, dict) else {}
    marks = {key: mark for key, mark in given.items() if str(key).endswith("_string")}
    return SandboxedEnvironment(extensions=[_FILTERS], undefined=ChainableUndefined, **marks)


def evaluate(jinja: SandboxedEnvironment, text: str, answers: Mapping[str, object]) -> str:
    """The text of an expression after these answers.

    Raises:
        TemplateError: when it cannot be evaluated.
    """
    try:
        return jinja.from_string(text).render(dict(answers))
    except (*_FAULTS, re.error) as error:
        raise _unusable(text, error) from error


def names_in(jinja: SandboxedEnvironment, text: str) -> frozenset[str]:
    """The answers that an expression asks for. Raises `TemplateError`."""
    try:
        return frozenset(meta.find_undeclared_variables(jinja.parse(text)))
    except JinjaError as error:
        raise _unusable(text, error) from error


def is_yes(text: str) -> bool:
    """Whether a condition holds, in the words that Copier takes for no."""
    return text.strip().lower() not in _NO


def parsed(text: str) -> object:
    """The value that a text is in YAML; the text itself where it is none."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _unusable(text: str, error: Exception) -> TemplateError:
    shown = " ".join(text.split())
    return TemplateError(
        f"The questionnaire has {shown!a}, which cannot be evaluated: {error}.",
        hint="Correct it in copier.yml of the template's repository.",
    )
