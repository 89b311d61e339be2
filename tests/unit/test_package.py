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


def importers(modules: str) -> set[str]:
    """The files that import one of these, below the package."""
    package = PROJECT / "generator"
    return {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if re.search(rf"(?m)^\s*(?:from|import) (?:{modules})\b", path.read_text(encoding="utf-8"))
    }


def test_what_the_package_imports_is_what_it_declares() -> None:
    declared = set(_names(PYPROJECT["dependencies"]))
    # What an extra brings is imported by a few modules, which are themselves imported only where
    # that is asked for.
    extras = PYPROJECT["optional-dependencies"]
    optional = {name for extra in ("observe", "view") for name in _names(extras[extra])}
    brought = {module: INSTALLED.providers.get(module, frozenset()) for module in modules_used()}
    undeclared = {module for module, names in brought.items() if not names & (declared | optional)}
    assert undeclared == set()
    assert importers("google|opentelemetry") == {"running/otlp.py"}
    assert importers("textual") == {"cli/screen/app.py", "cli/screen/log_pane.py"}
    assert importers(r"generator\.cli\.screen\.(?:app|log_pane)") == {
        "cli/screen/__main__.py",
        "cli/screen/app.py",
    }
    assert declared <= {name for names in brought.values() for name in names}


def test_the_package_says_its_licence_and_its_platforms() -> None:
    said = metadata.metadata("generator")
    assert said["License-Expression"] == "MIT"
    assert said.get_all("License-File") == ["LICENSE"]
    systems = {word for word in said.get_all("Classifier") or [] if word.startswith("Operating")}
    assert systems == {"Operating System :: POSIX :: Linux", "Operating System :: MacOS"}
    assert (PROJECT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")
