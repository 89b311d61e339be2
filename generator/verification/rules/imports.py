"""Finds imports of distributions that the subject does not declare itself."""

import ast
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

from generator.verification.context import Subject
from generator.verification.file_list import list_files
from generator.verification.rules.distributions import Declared, Installed, read_declared

# Their code runs beside the service, with the development environment.
_TESTS = frozenset({"tests", "scenarios"})
_PARSING = threading.Lock()


def find_undeclared(subject: Subject, installed: Installed) -> Iterator[str]:
    """Each module imported without a declaration, once per file.

    Sources may import what `dependencies` declare; tests and scenarios also what the dependency
    groups do.
    What a dependency of a dependency brings is not declared: it may be gone tomorrow.
    """
    declared = read_declared(subject)
    for path in list_files(subject.folder):
        if path.suffix != ".py" or not path.is_file():
            continue
        relative = path.relative_to(subject.folder)
        tests = relative.parts[0] in _TESTS
        places = _places(subject.folder, path, tests=tests)
        seen = set(installed.stdlib)
        for line, module in imported(path):
            if module in seen:
                continue
            seen.add(module)
            if _is_local(module, places, installed):
                continue
            fault = _fault(module, declared, installed, tests=tests)
            if fault:
                yield f"{relative}:{line}: imports {module}, {fault}"


def _fault(module: str, declared: Declared, installed: Installed, *, tests: bool) -> str:
    providers = installed.providers.get(module, frozenset())
    if not providers:
        return "which is not installed: declare what brings it in pyproject.toml"
    if providers & declared.runtime:
        return ""
    if providers & declared.groups:
        group = "which only a dependency group declares: move it to `dependencies`"
        return "" if tests else group
    named = " or ".join(sorted(providers))
    return f"which comes with {named}, but pyproject.toml does not declare it"


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """The line and top-level name of every absolute import that must succeed.

    One inside `try … except ImportError` may fail. A file that does not parse has none: lint and
    types say so.
    """
    try:
        tree = _parsed(path)
    except (SyntaxError, ValueError, OSError, RecursionError):
        return
    optional = {id(node) for guarded in ast.walk(tree) for node in _guarded(guarded)}
    for node in ast.walk(tree):
        if id(node) in optional:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module.split(".")[0]


def _parsed(path: Path) -> ast.Module:
    # Warnings about somebody's code are for its own linter to print. How they are shown is one
    # setting for all threads.
    with _PARSING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(path.read_bytes(), filename=str(path))


def _guarded(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Try):
        return
    caught = {
        name.id
        for handler in node.handlers
        if handler.type is not None
        for name in ast.walk(handler.type)
        if isinstance(name, ast.Name)
    }
    if caught & {"ImportError", "ModuleNotFoundError"}:
        for statement in node.body:
            yield from ast.walk(statement)


def _places(folder: Path, path: Path, *, tests: bool) -> tuple[Path, ...]:
    """The folders that are on the path when a file of the subject runs; pytest adds its own."""
    always = (folder / "src", folder)
    return (*always, folder / "tests", path.parent) if tests else always


def _is_local(module: str, places: tuple[Path, ...], installed: Installed) -> bool:
    if any(
        (p / f"{module}.py").is_file() or (p / module / "__init__.py").is_file() for p in places
    ):
        return True
    # A folder without __init__.py gives way to an installed package of its name.
    return module not in installed.providers and any((p / module).is_dir() for p in places)
