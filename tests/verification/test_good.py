"""A service with nothing wrong is green, is cached until it changes, and its tree is left alone."""

import json
import shutil
from pathlib import Path

import pytest

from generator.verification import Check, Finished, Options, Outcome, Planned, Started
from generator.verification.model import SERVICE_CHECKS
from tests.verification.support import LIMITS, Shop, tree

pytestmark = pytest.mark.slow


def test_a_good_service_is_green_and_left_as_it_was(shop: Shop) -> None:
    folder = shop.add("good-one", tools=("mypy", "pytest", "ruff"))
    before = tree(folder)
    results = shop.check("good-one")
    outcomes = {check: result.outcome for check, result in results.items()}
    assert outcomes == dict.fromkeys((Check.LOCK, *SERVICE_CHECKS), Outcome.PASSED)
    assert results[Check.TESTS].reason == "1 passed, 0 failed, 0 skipped"
    assert tree(folder) == before


def test_progress_is_told_plan_first_and_each_check_starts_before_it_ends(shop: Shop) -> None:
    shop.add("linted", tools=("ruff",))
    shop.check("linted", Check.LINT, Check.FORMAT)
    checks = (Check.ENVIRONMENT, Check.LINT, Check.FORMAT)
    assert shop.events[0] == Planned(checks=(("workspace", (Check.LOCK,)), ("linted", checks)))
    seen = [
        (event.check, "started") if isinstance(event, Started) else (event.result.check, "finished")
        for event in shop.events[1:]
        if isinstance(event, Started | Finished)
    ]
    for check in (Check.LOCK, *checks):
        assert seen.index((check, "started")) < seen.index((check, "finished"))
    assert seen.index((Check.ENVIRONMENT, "finished")) < seen.index((Check.LINT, "started"))


def test_an_unchanged_green_service_is_cached_and_says_when_it_ran(shop: Shop) -> None:
    shop.add("calm", tools=("pytest",))
    first = shop.check("calm", Check.TESTS)
    second = shop.check("calm", Check.TESTS)
    assert second[Check.TESTS].outcome is Outcome.CACHED
    assert second[Check.TESTS].ran_at == first[Check.TESTS].ran_at
    assert second[Check.TESTS].tests == first[Check.TESTS].tests
    assert not any(isinstance(e, Started) and e.subject == "calm" for e in shop.events[-3:])


def test_an_edit_a_new_file_and_other_checks_run_again(shop: Shop) -> None:
    folder = shop.add("linted", tools=("ruff",))
    shop.check("linted", Check.LINT)
    assert shop.check("linted", Check.FORMAT)[Check.FORMAT].outcome is Outcome.PASSED
    module = folder / "src/app/__init__.py"
    module.write_text(module.read_text().replace("smallest", "littlest"))
    assert shop.check("linted", Check.LINT)[Check.LINT].outcome is Outcome.PASSED
    assert shop.check("linted", Check.LINT)[Check.LINT].outcome is Outcome.CACHED
    (folder / "src/app/new.py").write_text('"""New."""\n')
    assert shop.check("linted", Check.LINT)[Check.LINT].outcome is Outcome.PASSED


def test_a_red_service_is_never_cached_even_where_some_checks_passed(shop: Shop) -> None:
    shop.add("linted", {"src/app/unused.py": "import os\n"}, tools=("ruff",))
    for _ in range(2):
        results = shop.check("linted", Check.LINT, Check.FORMAT)
        assert results[Check.LINT].outcome is Outcome.FAILED
        assert results[Check.FORMAT].outcome is Outcome.PASSED


def test_what_was_edited_while_it_ran_was_not_verified(shop: Shop) -> None:
    editing = (
        "from pathlib import Path\n\n\ndef test_it() -> None:\n"
        '    Path("notes.md").write_text("after")\n'
    )
    folder = shop.add(
        "calm", {"notes.md": "before", "tests/test_notes.py": editing}, tools=("pytest",)
    )
    assert shop.check("calm", Check.TESTS)[Check.TESTS].outcome is Outcome.PASSED
    (folder / "notes.md").write_text("before")
    assert shop.check("calm", Check.TESTS)[Check.TESTS].outcome is Outcome.PASSED


def test_a_broken_cache_is_no_cache(shop: Shop) -> None:
    shop.add("linted", tools=("ruff",))
    shop.check("linted", Check.FORMAT)
    for record in (shop.workspace.private_dir / "verified/linted").iterdir():
        record.write_text(json.dumps({"schema": 1, "results": [{"check": "nonsense"}]}))
    assert shop.check("linted", Check.FORMAT)[Check.FORMAT].outcome is Outcome.PASSED


def test_a_check_that_fails_in_itself_is_red_and_the_others_have_their_results(shop: Shop) -> None:
    shop.add("odd", tools=("ruff",), edit={"[tool.mypy]": "[tool.other]"})
    project = shop.root / "services/odd/pyproject.toml"
    project.write_text(project.read_text().replace("[tool.ruff]", "[tool]\nmypy = 1\n[tool.ruff]"))
    results = shop.check("odd", Check.LINT, Check.TYPES)
    assert results[Check.LINT].outcome is Outcome.PASSED
    assert results[Check.TYPES].outcome is Outcome.FAILED
    assert results[Check.TYPES].reason.startswith("the check itself failed: AttributeError")
    assert "code_checks.py" in results[Check.TYPES].output


def test_a_new_service_voids_nobodys_results(lonely: Shop) -> None:
    lonely.add("calm", tools=("ruff",))
    lonely.add("quiet", tools=("ruff",))
    options = Options(limits=LIMITS, workspace=False, shared=False, only=frozenset({Check.FORMAT}))
    names = ["calm", "quiet"]
    first = lonely.report(*map(lonely.job, names), options=options)
    assert {result.outcome for result in first.results} == {Outcome.PASSED}
    lock = (lonely.root / "uv.lock").read_bytes()
    lonely.add("added", tools=("ruff", "pytest"))
    report = lonely.report(*map(lonely.job, [*names, "added"]), options=options)
    assert (lonely.root / "uv.lock").read_bytes() != lock
    told = {(r.subject, r.outcome) for r in report.results if r.check is Check.FORMAT}
    assert told == {
        ("calm", Outcome.CACHED), ("quiet", Outcome.CACHED), ("added", Outcome.PASSED)
    }  # fmt: skip


def test_other_checks_of_the_generator_find_anew(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.add("linted", tools=("ruff",))
    shop.check("linted", Check.FORMAT)
    assert shop.check("linted", Check.FORMAT)[Check.FORMAT].outcome is Outcome.CACHED
    monkeypatch.setattr("generator.verification.fingerprint.own_code", lambda: b"stricter")
    assert shop.check("linted", Check.FORMAT)[Check.FORMAT].outcome is Outcome.PASSED


def test_a_copy_elsewhere_is_answered_from_what_was_found_here(shop: Shop, tmp_path: Path) -> None:
    shop.add("linted", tools=("ruff",))
    shop.check("linted", Check.FORMAT)
    staged = tmp_path / "staged"
    shutil.copytree(shop.root, staged, symlinks=True)
    copy = Shop(root=staged, backend_url=shop.backend_url)
    assert copy.check("linted", Check.FORMAT)[Check.FORMAT].outcome is Outcome.CACHED
