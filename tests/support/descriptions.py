"""Writes the `openapi.json` and `asyncapi.json` of templates from their code.

`python -m tests.support.descriptions`. One text with conditions stands for the documents of all
variants. It needs what rendered services need: `make openapi` installs it.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jinja2.sandbox import SandboxedEnvironment

from tests.support.checkout import PROJECT
from tests.support.merging import Merger, Variant, answers_of, variants
from tests.support.rendered import Renderer, make_renderer

SHARED = PROJECT / "templates/workspace/shared/src"
# A name that is nothing else, so that every place where it stands is one for the service's own.
NAME = "name-of-the-service"
DATA = PROJECT / "templates/data-postgres"
DATA_NAMES = {
    True: "{% if example %}openapi.json{% endif %}.jinja",
    False: "{% if not example %}openapi.json{% endif %}.jinja",
}

# Of a worker that does more than the sample.
WITH_EXAMPLES = " or ".join(
    f"'{name}' in features" for name in ("analytics", "media", "notifications")
)


@dataclass(frozen=True, kw_only=True)
class Described:
    """A document of a template, or that of the variants for which a condition holds.

    `atoms` make a difference to it, and `always` is chosen besides.
    """

    template: str
    document: Literal["openapi", "asyncapi"]
    atoms: tuple[str, ...] = ()
    always: frozenset[str] = frozenset()
    when: str = ""

    @property
    def target(self) -> Path:
        """Where its text is."""
        name = f"{self.document}.json"
        if self.when:
            name = f"{{% if {self.when} %}}{name}{{% endif %}}"
        return PROJECT / "templates" / self.template / f"{name}.jinja"

    @property
    def variants(self) -> list[Variant]:
        """The variants whose document it is."""
        condition = SandboxedEnvironment().compile_expression(self.when or "true")
        return [one for one in variants(self.atoms) if condition(**answers(self, one))]


DOCUMENTS = (
    Described(template="fastapi", document="openapi", atoms=("example", "auth", "tasks")),
    Described(
        template="fastapi", document="asyncapi", atoms=("example", "auth", "events", "tasks")
    ),
    Described(
        template="worker",
        document="asyncapi",
        atoms=("media", "notifications", "analytics", "schedule"),
        always=frozenset({"example"}),
        when=WITH_EXAMPLES,
    ),
    Described(template="worker", document="asyncapi", when=f"not ({WITH_EXAMPLES})"),
    Described(template="aiogram", document="asyncapi", always=frozenset({"example", "uploads"})),
    Described(
        template="data-postgres", document="asyncapi", always=frozenset({"example", "outbox"})
    ),
)


def documents(renderer: Renderer, one: Described) -> dict[Variant, Any]:
    """What each variant says of itself; those that have nothing to say are left out."""
    found = {}
    for variant in one.variants:
        chosen = sorted(variant | one.always)
        folder = renderer.folder / "-".join([one.template, one.document, *chosen])
        renderer.render(answers(one, variant), folder)
        if text := described(folder, one.document):
            found[variant] = json.loads(text)
    return found


def answers(one: Described, variant: Variant) -> dict[str, Any]:
    """The answers that give a service of this variant."""
    base = {"template": one.template, "service_name": NAME}
    linked = {} if one.template == "data-postgres" else {"data_service": "users-data"}
    return base | linked | answers_of(variant | one.always)


def described(service: Path, document: str) -> str:
    """What a rendered service prints as its description."""
    done = subprocess.run(
        [sys.executable, "-m", "app", document],
        cwd=service,
        env={**os.environ, "PYTHONPATH": f"src{os.pathsep}{SHARED}"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def rendered(text: str, given: Mapping[str, Any]) -> str:
    """The text as a service with these answers gets it."""
    return SandboxedEnvironment(keep_trailing_newline=True).from_string(text).render(given)


def text_of(one: Described, found: Mapping[Variant, Any]) -> str:
    """One text for the documents of all variants, sure to give every variant its own."""
    text = Merger(one.atoms).text(found).replace(NAME, "{{ service_name }}")
    for variant, document in found.items():
        expected = json.dumps(document, indent=2) + "\n"
        assert rendered(text, answers(one, variant)) == expected, variant
    return text


def data_documents(renderer: Renderer) -> dict[bool, str]:
    """The text of the data service's API, with and without the example."""
    found = {}
    for example in DATA_NAMES:
        folder = renderer.folder / f"data-{example}"
        renderer.render(
            {"template": "data-postgres", "service_name": NAME, "example": example}, folder
        )
        found[example] = described(folder, "openapi").replace(NAME, "{{ service_name }}")
    return found


def main() -> None:
    """Write the texts, once all are made."""
    with tempfile.TemporaryDirectory() as folder:
        renderer = make_renderer(Path(folder))
        texts = {one.target: text_of(one, documents(renderer, one)) for one in DOCUMENTS}
        data = data_documents(renderer)
    for example, document in data.items():
        (DATA / DATA_NAMES[example]).write_text(document, encoding="utf-8")
    for target, text in texts.items():
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
