"""The documentation says what is true."""

import ast
import math
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.main

from generator.cli.root import app
from generator.wiring import COMPOSE_RULES
from tests.support.checkout import PROJECT, git, project_files
from tests.support.cli import Cli
from tests.support.reference import pages
from tests.support.template_pages import MARK, template_pages

DOCS = [PROJECT / n for n in project_files() if n.endswith(".md") and n.startswith("docs/")]
DOCS.append(PROJECT / "README.md")
# A person's five minutes have a machine to themselves; the limit is for one that is busy.
FIVE_MINUTES_SECONDS = 1200


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.name))
def test_the_reference_is_what_the_code_says(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == pages()[page], "run `make docs`"


def test_the_pages_of_templates_and_features_say_what_is_rendered() -> None:
    for page, text in template_pages().items():
        assert page.exists(), f"run `make docs`, and write {page.name}"
        assert page.read_text(encoding="utf-8") == text, "run `make docs`"
        words = text.partition(MARK)[0]
        assert len(words.split()) > 40, f"{page.name} does not say when to choose it"


def test_every_module_stands_in_the_architecture_with_its_docstring() -> None:
    text = (PROJECT / "docs/architecture.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"\| `generator\.(\w+)` \| (.*?) \|", text))
    package = PROJECT / "generator"
    modules = {p.stem: p for p in package.glob("[!_]*.py")}
    modules |= {p.parent.name: p for p in package.glob("[!_]*/__init__.py")}
    assert listed.keys() == modules.keys()
    for name, path in modules.items():
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert listed[name] == docstring.splitlines()[0], name


def test_every_floor_stands_in_the_architecture() -> None:
    text = (PROJECT / "docs/architecture.md").read_text(encoding="utf-8")
    drawing = text.split("```")[1]
    for floor in (PROJECT / "generator").glob("[!_]*"):
        if floor.suffix in {".py", ""} and floor.name != "py.typed":
            assert re.search(rf"\b{floor.stem}\b", drawing), floor.stem


def test_every_rule_for_compose_files_is_explained_in_its_words() -> None:
    text = (PROJECT / "docs/how-to/compose.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| `([\w-]+)` \| (.*) \|$", text.partition("## The rules")[2])
    assert rows == [(rule.name, rule.promise) for rule in COMPOSE_RULES]


def test_the_numbers_of_the_page_on_production_are_those_of_the_code() -> None:
    page = (PROJECT / "docs/how-to/production.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| .* \| (\d+) \| `(\w+)` · `([\w./-]+)` \|$", page)
    assert len(rows) > 20
    for value, name, path in rows:
        code = (PROJECT / "templates" / path).read_text(encoding="utf-8")
        # A constant, or a field with its default.
        said = re.findall(
            rf"(?mi)^ *{name}(?:: [\w\[\], |]+)? = (?:Field\(default=)?([\d_.* ]+)", code
        )
        found = {math.prod(float(factor) for factor in one.split("*")) for one in said}
        assert float(value) in found, f"{path}: {name} is {found}"


def test_decisions_are_numbered_without_gaps_or_twins() -> None:
    numbers = [p.name[:4] for p in (PROJECT / "docs/decisions").glob("[0-9]*.md")]
    assert sorted(numbers) == [f"{n:04}" for n in range(1, len(numbers) + 1)]


@pytest.mark.slow
# It verifies every kind of service and the shared library, on one core as often as on two.
@pytest.mark.timeout(FIVE_MINUTES_SECONDS)
def test_the_workspace_in_five_minutes_works_as_written(cli: Cli, tmp_path: Path) -> None:
    text = (PROJECT / "docs/index.md").read_text(encoding="utf-8")
    folder = tmp_path
    for line in re.findall(r"(?m)^\$ (.*)$", text):
        words = shlex.split(line)
        if "worker" in words and os.environ.get("RABBITMQ") == "no":
            continue
        match words:
            case ["cd", target]:
                folder = folder / target
            case ["generator", *arguments]:
                cli(*arguments, cwd=folder, seconds=FIVE_MINUTES_SECONDS).ok()
            case ["git", *arguments]:
                git(folder, *arguments)
            case _:
                pytest.fail(line)
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "rev-list", "--count", "HEAD") == "2"


def test_the_readme_has_every_command_and_no_other() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    command: Any = typer.main.get_command(app)
    assert set(re.findall(r"(?m)^\| `generator ([\w-]+)", text)) == set(command.commands)


def test_the_readme_names_only_targets_that_there_are() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^(\w+):", makefile))
    for page in DOCS:
        named = set(re.findall(r"`make (\w+)", page.read_text(encoding="utf-8")))
        named |= set(re.findall(r"(?m)^\$ make (\w+)", page.read_text(encoding="utf-8")))
        assert named <= targets | {"PYTHON"}, page


def test_make_help_lists_every_target() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=PROJECT, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    assert {line.split()[0] for line in shown.splitlines()} >= {"demo", "test", "bench", "docs"}
