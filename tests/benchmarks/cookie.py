"""Turns a rendered service into a cookiecutter template that renders the same files."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.workspaces import SERVICE, TEMPLATE, Ground

_SPELLINGS = {
    SERVICE: "{{ cookiecutter.service_name }}",
    SERVICE.replace("-", "_"): "{{ cookiecutter.db_name }}",
    SERVICE.replace("-", "_").upper(): "{{ cookiecutter.env_prefix }}",
}
_DELIMITERS = ("{{", "{%", "{#")


def make_cookiecutter(ground: Ground, rendered: Path) -> Path:
    """Write the template of a rendered service; return its folder.

    A file that has Jinja in our template gets a placeholder wherever it names the service. The
    others are named in `_copy_without_render`, so cookiecutter need not read them as Jinja: it
    does what Copier does, file by file.
    """
    template = ground.empty()
    root = template / "{{cookiecutter.service_name}}"
    shutil.copytree(rendered, root)
    with_jinja = set(_with_jinja(ground.cli.checkout / "templates" / TEMPLATE))
    verbatim = []
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        name = path.relative_to(root).as_posix()
        if name in with_jinja:
            path.write_text(_templated(path.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            verbatim.append(name)
    questions = {
        "service_name": SERVICE,
        "db_name": "{{ cookiecutter.service_name.replace('-', '_') }}",
        "env_prefix": "{{ cookiecutter.db_name.upper() }}",
        "_copy_without_render": verbatim,
    }
    (template / "cookiecutter.json").write_text(json.dumps(questions), encoding="utf-8")
    return template


def _with_jinja(template: Path) -> Iterator[str]:
    for path in template.rglob("*.jinja"):
        yield path.relative_to(template).as_posix().removesuffix(".jinja")


def _templated(text: str) -> str:
    if any(delimiter in text for delimiter in _DELIMITERS):
        raise SystemExit("A rendered file has braces of its own: the peer cannot be made.")
    for spelling, placeholder in _SPELLINGS.items():
        # A brace before it would be read as a part of it.
        text = text.replace("{" + spelling, "{{ '{' }}" + placeholder)
        text = text.replace(spelling, placeholder)
    return text
