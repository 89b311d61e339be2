"""Has Jinja compile each text once while Copier renders: it asks anew for every part of a path."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jinja2
from jinja2 import nodes

_METHOD = "from_string"


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let `Environment.from_string` return what it compiled before for the same text.

    A compiled template holds nothing of a rendering, so it may serve any number of them. Copier
    makes its environment itself, so the method is replaced on the class, for as long as this lasts;
    it asks with a text and nothing else, and a call with more goes to Jinja as it came.
    """
    compile_anew = jinja2.Environment.from_string
    # By the environment itself, not by its id: an id may be given to the next one.
    compiled: dict[tuple[jinja2.Environment, str], jinja2.Template] = {}

    def from_string(
        environment: jinja2.Environment,
        source: str | nodes.Template,
        **options: Any,  # noqa: ANN401 - Jinja's own
    ) -> jinja2.Template:
        if options or not isinstance(source, str):
            return compile_anew(environment, source, **options)
        template = compiled.get((environment, source))
        if template is None:
            template = compiled[environment, source] = compile_anew(environment, source)
        return template

    setattr(jinja2.Environment, _METHOD, from_string)
    try:
        yield
    finally:
        setattr(jinja2.Environment, _METHOD, compile_anew)
