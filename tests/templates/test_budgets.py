"""The sizes that keep templates and generator readable."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import PROJECT, project_files

CONTROL = re.compile(r"{%-?\s*(?!-?\s*(?:from|import|include|raw|endraw|end))\w+")
ALLOWED_JINJA_IN_PYTHON = "features.py.jinja"


def files(prefix: str, suffix: str = "") -> list[Path]:
    return [PROJECT / n for n in project_files() if n.startswith(prefix) and n.endswith(suffix)]


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    if not body:
        return 0
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def templates() -> list[str]:
    return sorted(p.name for p in (PROJECT / "templates").iterdir() if not p.name.startswith("_"))


def test_generator_files_are_short() -> None:
    assert {p.name: len(lines(p)) for p in files("generator/", ".py") if len(lines(p)) > 300} == {}


def test_rendered_python_files_are_short() -> None:
    python = files("templates/", ".py")
    assert {str(p): len(lines(p)) for p in python if len(lines(p)) > 300} == {}


def test_the_shared_library_has_few_modules() -> None:
    assert len(files("templates/workspace/shared/src/", ".py")) <= 100


def test_the_shared_library_does_not_grow() -> None:
    # docs/decisions/ says what these lines are, and what fewer would cost.
    assert sum(len(lines(p)) for p in files("templates/workspace/shared/src/", ".py")) <= 11_730


def test_functions_are_short() -> None:
    python = [*files("generator/", ".py"), *files("templates/", ".py")]
    long = {f"{p}:{f.name}": body_length(f) for p in python for f in functions(p)}
    assert {name: length for name, length in long.items() if length > 30} == {}


def test_functions_take_few_parameters() -> None:
    # A command's parameters are its flags.
    python = [p for p in files("generator/", ".py") if "generator/cli/" not in str(p)]
    python += files("templates/", ".py")
    many = {
        f"{p}:{f.name}": count
        for p in python
        for f in functions(p)
        if (count := len([*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs])) > 6
    }
    assert many == {}


def test_jinja_stands_in_no_python_but_the_list_of_features() -> None:
    with_jinja = {
        p.name
        for p in files("templates/")
        if (p.name.endswith(".py.jinja")) or (p.suffix == ".py" and "{%" in p.read_text())
    }
    assert with_jinja <= {ALLOWED_JINJA_IN_PYTHON}


@pytest.mark.parametrize("template", templates())
def test_most_files_of_a_template_need_no_jinja(template: str) -> None:
    everything = files(f"templates/{template}/")
    plain = [p for p in everything if p.suffix != ".jinja"]
    assert len(plain) / len(everything) >= 0.8


@pytest.mark.parametrize("template", templates())
def test_a_template_has_at_most_one_control_in_a_hundred_lines(template: str) -> None:
    texts = [p.read_text(encoding="utf-8") for p in files(f"templates/{template}/")]
    total = sum(len(text.splitlines()) for text in texts)
    controls = sum(
        len(CONTROL.findall(p.read_text(encoding="utf-8")))
        for p in files(f"templates/{template}/", ".jinja")
    )
    assert controls / total <= 0.01


@pytest.mark.parametrize("prefix", ["generator/", "templates/"])
def test_suppressions_are_few_and_give_their_reason(prefix: str) -> None:
    marks = re.compile(r"#\s*(type:\s*ignore|noqa|pragma: no cover|pylint:|mypy:)")
    python = files(prefix, ".py")
    suppressed = [line for p in python for line in lines(p) if marks.search(line)]
    assert all(" - " in line for line in suppressed), "each with its reason on the line"
    assert len(suppressed) <= sum(len(lines(p)) for p in python) / 1000, suppressed


def test_no_route_makes_an_object_in_another_thread() -> None:
    # FastAPI calls a class that is a dependency in its thread pool: `instance` does it in place.
    in_thread = re.compile(r"Depends\((\)|[A-Z])")
    sources = [p for p in files("templates/", ".py") if "/src/" in str(p)]
    assert [f"{p}: {line}" for p in sources for line in lines(p) if in_thread.search(line)] == []


def test_every_module_begins_with_a_sentence() -> None:
    python = [*files("generator/", ".py"), *files("templates/", ".py")]
    for path in python:
        if not path.read_text(encoding="utf-8").strip():
            continue
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        first = docstring.split("\n\n")[0].strip()
        assert first.endswith((".", ":", "?")), f"{path}: {first!r}"


def test_templates_run_no_code() -> None:
    texts = [
        p.read_text(encoding="utf-8")
        for p in [PROJECT / "copier.yml", *files("templates/_shared/")]
    ]
    for word in ("_tasks", "_migrations", "_jinja_extensions", "_external_data"):
        assert not any(re.search(rf"(?m)^{word}", text) for text in texts)


def test_no_lock_file_and_no_path_of_a_machine_is_committed() -> None:
    assert [n for n in project_files() if n.endswith(("uv.lock", "package-lock.json"))] == []
