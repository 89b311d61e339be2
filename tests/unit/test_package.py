"""The package declares what it imports, no more and no less, and says what it is."""

import json
import re
import tomllib
from importlib import metadata

from generator.verification.rules.distributions import _names, _parsed
from generator.verification.rules.imports import imported
from generator.verification.rules.inspector import described
from tests.support.checkout import PROJECT

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
INSTALLED = _parsed(json.loads(json.dumps(described())))


def modules_used() -> set[str]:
    """What our code imports, and what it names for Jinja to import."""
    paths = list((PROJECT / "generator").rglob("*.py"))
    used = {module for path in paths for _, module in imported(path)}
    texts = "".join(path.read_text(encoding="utf-8") for path in paths)
    used |= set(re.findall(r'extensions=\["(\w+)\.', texts))
    return used - INSTALLED.stdlib - {"generator"}


def test_what_the_package_imports_is_what_it_declares() -> None:
    declared = set(_names(PYPROJECT["dependencies"]))
    # One module imports what an extra brings, and is itself imported only where that is asked for.
    observing = set(_names(PYPROJECT["optional-dependencies"]["observe"]))
    brought = {module: INSTALLED.providers.get(module, frozenset()) for module in modules_used()}
    undeclared = {module for module, names in brought.items() if not names & (declared | observing)}
    assert undeclared == set()
    importers = [
        path
        for path in (PROJECT / "generator").rglob("*.py")
        if re.search(r"(?m)^\s*(?:from|import) (?:google|opentelemetry)\b", path.read_text())
    ]
    assert importers == [PROJECT / "generator/running/otlp.py"]
    assert declared <= {name for names in brought.values() for name in names}


def test_the_package_says_its_licence_and_its_platforms() -> None:
    said = metadata.metadata("generator")
    assert said["License-Expression"] == "MIT"
    assert said.get_all("License-File") == ["LICENSE"]
    systems = {word for word in said.get_all("Classifier") or [] if word.startswith("Operating")}
    assert systems == {"Operating System :: POSIX :: Linux", "Operating System :: MacOS"}
    assert (PROJECT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")
