"""Writes the `openapi.json` of templates from their code: `python -m tests.support.descriptions`.

One text with conditions stands for the documents of all variants. It needs what rendered services
need: `make openapi` installs it.
"""

import json
import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

from jinja2.sandbox import SandboxedEnvironment

from tests.support.checkout import PROJECT
from tests.support.merging import ATOMS, Variant, answers_of, merged
from tests.support.rendered import Renderer, make_renderer

SHARED = PROJECT / "templates/workspace/shared/src"
NAME = "users-api"
TARGET = PROJECT / "templates/fastapi/openapi.json.jinja"
DATA = PROJECT / "templates/data-postgres"
DATA_NAMES = {
    True: "{% if example %}openapi.json{% endif %}.jinja",
    False: "{% if not example %}openapi.json{% endif %}.jinja",
}


def documents(renderer: Renderer) -> dict[Variant, Any]:
    """What each variant of the business API says of itself."""
    found = {}
    for chosen in product((False, True), repeat=len(ATOMS)):
        variant = frozenset(atom for atom, is_so in zip(ATOMS, chosen, strict=True) if is_so)
        folder = renderer.folder / "-".join(["api", *sorted(variant)])
        base = {"template": "fastapi", "service_name": NAME, "data_service": "users-data"}
        renderer.render(base | answers_of(variant), folder)
        found[variant] = json.loads(described(folder))
    return found


def described(service: Path) -> str:
    """What a rendered service prints as its description."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "openapi"],
        cwd=service,
        env={**os.environ, "PYTHONPATH": f"src{os.pathsep}{SHARED}"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def rendered(text: str, variant: Variant) -> str:
    """The text as a service of this variant gets it."""
    template = SandboxedEnvironment(keep_trailing_newline=True).from_string(text)
    base = {"example": False, "features": [], "service_name": NAME}
    return template.render(base | answers_of(variant))


def data_documents(renderer: Renderer) -> dict[bool, str]:
    """The text of the data service's document, with and without the example."""
    found = {}
    for example in DATA_NAMES:
        folder = renderer.folder / f"data-{example}"
        answers = {"template": "data-postgres", "service_name": "users-data", "example": example}
        renderer.render(answers, folder)
        named = json.dumps("users-data")
        found[example] = described(folder).replace(named, '"{{ service_name }}"', 1)
    return found


def main() -> None:
    """Write the texts, once they are sure to give every variant its own document."""
    with tempfile.TemporaryDirectory() as folder:
        renderer = make_renderer(Path(folder))
        found, data = documents(renderer), data_documents(renderer)
    for example, document in data.items():
        (DATA / DATA_NAMES[example]).write_text(document, encoding="utf-8")
    text = merged(found).replace(f'"{NAME}"', '"{{ service_name }}"') + "\n"
    for variant, document in found.items():
        assert rendered(text, variant) == json.dumps(document, indent=2) + "\n", variant
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
