"""What is installed in a subject's environment, and what its pyproject.toml declares."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.naming import distribution
from generator.verification.context import Context, Subject

_INSPECTOR = Path(__file__).with_name("inspector.py")
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """The contents of an environment; names of distributions in their one spelling.

    Attributes:
        stdlib: the modules of its Python.
        providers: which distributions bring a top-level module.
        requires: which distributions each one asks for, for every one that is installed.
        optional: which ones its extras ask for.
    """

    stdlib: frozenset[str]
    providers: Mapping[str, frozenset[str]]
    requires: Mapping[str, tuple[str, ...]]
    optional: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """The direct dependencies of a subject.

    Attributes:
        runtime: what it has wherever it runs, its extras included.
        groups: what only its dependency groups bring: tests may import it, sources may not.
    """

    runtime: frozenset[str]
    groups: frozenset[str]


def inspect_environment(context: Context, subject: Subject) -> Installed | None:
    """What the subject's environment holds; None when there is none or it cannot tell."""
    if not context.is_installed(subject):
        return None
    record = context.run_folder(subject) / "installed.json"
    record.unlink(missing_ok=True)
    context.processes.run(
        [context.tool(subject, "python"), "-I", str(_INSPECTOR), str(record)],
        cwd=subject.folder,
        environment=context.running(subject),
        seconds=context.limits.command,
    )
    try:
        return _parsed(json.loads(record.read_text(encoding="utf-8")))
    except (OSError, json.JSONDecodeError, KeyError):
        return None


def _parsed(raw: Mapping[str, Any]) -> Installed:
    providers: dict[str, set[str]] = {}
    requires: dict[str, tuple[str, ...]] = {}
    optional: dict[str, tuple[str, ...]] = {}
    for entry in raw["distributions"]:
        name = distribution(entry["name"])
        requires[name] = tuple(_names(r for r in entry["requires"] if "extra ==" not in r))
        optional[name] = tuple(_names(r for r in entry["requires"] if "extra ==" in r))
        for module in entry["modules"]:
            providers.setdefault(module, set()).add(name)
    return Installed(
        stdlib=frozenset(raw["stdlib"]),
        providers={module: frozenset(names) for module, names in providers.items()},
        requires=requires,
        optional=optional,
    )


def read_declared(subject: Subject) -> Declared:
    """What the subject's pyproject.toml declares; nothing when it cannot be read."""
    try:
        text = (subject.folder / "pyproject.toml").read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        content = {}
    project = content.get("project", {})
    optional = project.get("optional-dependencies", {}).values()
    runtime = [*project.get("dependencies", []), *(line for lines in optional for line in lines)]
    groups = content.get("dependency-groups", {}).values()
    # An `include-group` entry is a table; what it includes is listed in its own group.
    grouped = [line for lines in groups for line in lines if isinstance(line, str)]
    return Declared(runtime=frozenset(_names(runtime)), groups=frozenset(_names(grouped)))


def _names(requirements: Iterable[str]) -> list[str]:
    found = (_NAME.match(text) for text in requirements)
    return [distribution(match.group(1)) for match in found if match]
