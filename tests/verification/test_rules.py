"""Each architecture rule bites, says where, and leaves innocents alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from generator.verification import Check, Outcome
from tests.verification.support import BUSINESS, DATA, Shop

pytestmark = pytest.mark.slow

MARKED = "<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> theirs\n"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"notes.md": MARKED}, "notes.md:1: a conflict marker [no-conflict-marker]"),
        ({"app.py.rej": "@@\n"}, "app.py.rej: a rejected hunk [no-reject]"),
        (
            {"src/app/x.py": "import pluggy\n"},
            "src/app/x.py:1: imports pluggy, which comes with pluggy,",
        ),
        (
            {"src/app/x.py": "import pytest\n"},
            "src/app/x.py:1: imports pytest, which only a dependency group declares:",
        ),
        (
            {"src/app/x.py": "from nowhere.at import all\n"},
            "src/app/x.py:1: imports nowhere, which is not installed:",
        ),
    ],
)
def test_a_broken_rule_is_told_with_its_place(
    shop: Shop, files: dict[str, str], reason: str
) -> None:
    shop.add("ruled", files, tools=("pytest",))
    result = shop.check("ruled", Check.RULES)[Check.RULES]
    assert result.outcome is Outcome.FAILED
    assert result.reason.startswith(reason)


def test_innocents_are_left_alone(shop: Shop) -> None:
    shop.add(
        "ruled",
        {
            "notes.rst": "Title\n=======\n\n>>>>>>> quoted seven times\n",
            "src/app/x.py": "try:\n    import orjson\nexcept ImportError:\n    orjson = None\n",
            "src/app/y/z.py": "from app.x import orjson\nfrom . import w\nimport tomllib\n",
            "tests/helpers.py": "import pytest\n",
            "tests/pluggy/test_y.py": "from helpers import pytest\n",
        },
        tools=("pytest",),
    )
    result = shop.check("ruled", Check.RULES)[Check.RULES]
    assert (result.outcome, result.reason) == (Outcome.PASSED, "4 rules hold")


def _wheel(shop: Shop, name: str) -> str:
    return (shop.root / "wheels" / f"{name}-99.0-py3-none-any.whl").as_uri()


def test_a_driver_is_found_where_a_dependency_brings_it(shop: Shop) -> None:
    depends = {"dependencies = []": f'dependencies = ["helper @ {_wheel(shop, "helper")}"]'}
    shop.add("sneaky", tools=("pytest",), edit=depends)
    result = shop.check("sneaky", Check.RULES)[Check.RULES]
    assert result.outcome is Outcome.FAILED
    assert result.reason == (
        "asyncpg is installed (sneaky → helper → asyncpg):"
        " only a data service may hold a database driver [no-database-driver]"
    )


def test_a_data_service_may_hold_a_driver_and_must_declare_it_to_import_it(shop: Shop) -> None:
    depends = {"dependencies = []": f'dependencies = ["helper @ {_wheel(shop, "helper")}"]'}
    folder = shop.add(
        "sneaky", {"src/app/x.py": "import helper\n"}, tools=("pytest",), edit=depends
    )
    results = shop.check("sneaky", Check.RULES, spec=DATA)
    assert results[Check.RULES].outcome is Outcome.PASSED
    (folder / "src/app/x.py").write_text("import asyncpg\n")
    again = shop.check("sneaky", Check.RULES, spec=DATA)[Check.RULES]
    assert "imports asyncpg, which comes with asyncpg" in again.reason


def test_a_manifest_may_allow_a_driver_by_name(shop: Shop) -> None:
    depends = {"dependencies = []": f'dependencies = ["helper @ {_wheel(shop, "helper")}"]'}
    shop.add("sneaky", tools=("pytest",), edit=depends)
    allowed = replace(BUSINESS, drivers=frozenset({"asyncpg"}))
    assert shop.check("sneaky", Check.RULES, spec=allowed)[Check.RULES].outcome is Outcome.PASSED
    other = replace(BUSINESS, drivers=frozenset({"duckdb"}))
    assert shop.check("sneaky", Check.RULES, spec=other)[Check.RULES].outcome is Outcome.FAILED


def test_a_conflict_in_pyproject_is_named_although_nothing_can_be_installed(lonely: Shop) -> None:
    folder = lonely.add("torn")
    lonely.lock()
    project = folder / "pyproject.toml"
    project.write_text(project.read_text() + MARKED)
    results = lonely.check("torn")
    assert results[Check.LOCK].outcome is Outcome.FAILED
    assert "Failed to parse: services/torn/pyproject.toml" in results[Check.LOCK].reason
    line = len(project.read_text().splitlines()) - 4
    found = f"pyproject.toml:{line}: a conflict marker [no-conflict-marker]"
    assert results[Check.RULES].reason == found
    unrun = {check for check, result in results.items() if result.outcome is Outcome.NOT_RUN}
    assert unrun == set(results) - {Check.LOCK, Check.RULES}


def test_without_an_environment_rules_are_green_for_no_one(lonely: Shop, tmp_path: Path) -> None:
    missing = (tmp_path / "none.whl").as_uri()
    lonely.add("envless", edit={"dependencies = []": f'dependencies = ["none @ {missing}"]'})
    results = lonely.check("envless", Check.RULES)
    assert results[Check.RULES].outcome is Outcome.NOT_RUN
