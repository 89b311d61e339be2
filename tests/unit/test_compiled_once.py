"""Copier's texts are compiled once each, and nothing else about Jinja changes."""

import jinja2
import pytest
from jinja2.sandbox import SandboxedEnvironment

from generator.rendering.compiled_once import compiled_once


def test_one_text_is_compiled_once_per_environment_and_renders_with_what_it_is_given() -> None:
    first, second = SandboxedEnvironment(), SandboxedEnvironment(variable_start_string="[[")
    with compiled_once():
        template = first.from_string("{{ name }}")
        assert first.from_string("{{ name }}") is template
        assert [template.render(name=name) for name in "ab"] == ["a", "b"]
        assert second.from_string("{{ name }}").render(name="a") == "{{ name }}"
        first.globals["name"] = "later"
        assert first.from_string("{{ name }}").render() == "later"


def test_what_is_asked_for_with_globals_of_its_own_is_compiled_for_them() -> None:
    environment = SandboxedEnvironment()
    with compiled_once():
        assert environment.from_string("{{ a }}", globals={"a": 1}).render() == "1"
        assert environment.from_string("{{ a }}", globals={"a": 2}).render() == "2"


def test_a_mistake_is_told_every_time_and_afterwards_jinja_is_as_it_was() -> None:
    environment = SandboxedEnvironment(undefined=jinja2.StrictUndefined)
    before = jinja2.Environment.from_string
    with compiled_once():
        for _ in range(2):
            with pytest.raises(jinja2.TemplateSyntaxError):
                environment.from_string("{% if %}")
            with pytest.raises(jinja2.UndefinedError):
                environment.from_string("{{ missing }}").render()
    assert jinja2.Environment.from_string is before
