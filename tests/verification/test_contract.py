"""The calls that a suite records must fit what the service that is called has committed."""

import json
import shutil
from pathlib import Path

import pytest

from generator.verification import Check, CheckResult, ContractJob, Options, Outcome
from tests.verification.support import LIMITS, Shop, make_wheel

pytestmark = pytest.mark.slow

# Stands for the shared library's: the same command, and findings of the same form.
JUDGE = """
import json, pathlib, sys
calls, openapi = (pathlib.Path(word).read_text() for word in sys.argv[1:])
found = [
    f"{call['method']} {call['path']}: request body: {name} is not described"
    for call in map(json.loads, calls.splitlines())
    for name in call["body"]
    if name not in json.loads(openapi)["fields"]
]
print("\\n".join(found))
sys.exit(bool(found))
"""
RECORDS = """
import json
import os


def test_a_user_is_made() -> None:
    call = {"method": "POST", "path": "/api/v1/users", "body": {"email": "a@b.example"}}
    with open(os.environ["CONTRACT_CALLS"], "a") as calls:
        calls.write(json.dumps(call) + "\\n")
    with open(os.environ["CONTRACT_OPENAPI"]) as openapi:
        assert json.load(openapi)
"""
SILENT = "def test_nothing_is_called() -> None:\n    pass\n"
BOTH = (Check.TESTS, Check.CONTRACT)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    package = "shared/testing/contract"
    files = {"shared/testing/__init__.py": "", f"{package}/__init__.py": ""}
    folder = tmp_path_factory.mktemp("wheels")
    return make_wheel(folder, "shared", files={**files, f"{package}/__main__.py": JUDGE})


@pytest.fixture
def linked(shop: Shop, judge: Path) -> Shop:
    """A shop with users-data, and a caller whose suite records one call."""
    promise(shop, "email", "name")
    add_caller(shop, RECORDS, judge)
    return shop


def add_caller(shop: Shop, test: str, judge: Path | None) -> Path:
    needs = f'"shared @ {judge.as_uri()}"' if judge else ""
    return shop.add(
        "caller",
        {"tests/test_backend.py": test},
        tools=("pytest",),
        edit={"dependencies = []": f"dependencies = [{needs}]"},
    )


def promise(shop: Shop, *fields: str) -> Path:
    document = shop.workspace.service_dir("users-data") / "openapi.json"
    document.parent.mkdir(exist_ok=True)
    document.write_text(json.dumps({"fields": fields}))
    return document


def verified(
    shop: Shop,
    *only: Check,
    must_call: bool = True,
    name: str = "caller",
    more: tuple[ContractJob, ...] = (),
) -> dict[Check, CheckResult]:
    openapi = shop.workspace.service_dir("users-data") / "openapi.json"
    contract = ContractJob(
        link="DATA_SERVICE", provider="users-data", openapi=openapi, must_call=must_call
    )
    options = Options(only=frozenset(only), limits=LIMITS, workspace=False, shared=False)
    report = shop.report(shop.job(name, contracts=(contract, *more)), options=options)
    return {result.check: result for result in report.results}


@pytest.fixture(autouse=True)
def _no_provider_is_a_member(shop: Shop) -> object:
    # A folder below services/ without a pyproject.toml stops uv.
    root = shop.root / "pyproject.toml"
    before = root.read_text()
    root.write_text(before + 'exclude = ["services/users-data"]\n')
    yield
    root.write_text(before)
    shutil.rmtree(shop.workspace.service_dir("users-data"), ignore_errors=True)


def test_calls_that_fit_are_counted_and_the_suite_is_run_for_them(linked: Shop) -> None:
    results = verified(linked, Check.CONTRACT)
    assert results[Check.CONTRACT].reason == "1 call fits users-data"
    assert {results[check].outcome for check in BOTH} == {Outcome.PASSED}
    again = verified(linked, Check.CONTRACT)
    assert {again[check].outcome for check in BOTH} == {Outcome.CACHED}


def test_a_field_that_the_provider_renamed_names_the_call_and_the_field(linked: Shop) -> None:
    verified(linked, Check.CONTRACT)
    promise(linked, "mail", "name")
    results = verified(linked, Check.CONTRACT)
    assert results[Check.TESTS].outcome is Outcome.PASSED
    contract = results[Check.CONTRACT]
    assert contract.outcome is Outcome.FAILED
    assert contract.reason == "POST /api/v1/users: request body: email is not described"
    assert contract.rerun == "generator verify caller --only contract"
    assert contract.command.endswith(
        "-m shared.testing.contract ../../.generator/cache/caller/contract-calls-data-service.jsonl"
        " ../users-data/openapi.json"
    )


def test_a_red_suite_does_not_hide_the_call_that_made_it_red(linked: Shop, judge: Path) -> None:
    promise(linked, "mail")
    add_caller(linked, RECORDS + "    assert not 'red'\n", judge)
    results = verified(linked, Check.CONTRACT)
    assert {results[check].outcome for check in BOTH} == {Outcome.FAILED}
    assert "email is not described" in results[Check.CONTRACT].reason


def test_a_suite_that_records_nothing_is_found_out(linked: Shop, judge: Path) -> None:
    verified(linked, Check.CONTRACT)
    add_caller(linked, SILENT, judge)
    contract = verified(linked, Check.CONTRACT)[Check.CONTRACT]
    assert contract.outcome is Outcome.FAILED
    assert contract.reason.startswith("its suite recorded no call to users-data: ")
    contract = verified(linked, Check.CONTRACT, must_call=False)[Check.CONTRACT]
    assert contract.outcome is Outcome.PASSED
    assert contract.reason == "its suite recorded no call to users-data, and none is expected yet"


def test_what_a_suite_recorded_earlier_is_not_taken_for_this_one_s(linked: Shop) -> None:
    verified(linked, Check.CONTRACT)
    linked.add("caller", {"tests/test_backend.py": RECORDS})
    contract = verified(linked, Check.CONTRACT)[Check.CONTRACT]
    assert contract.outcome is Outcome.NOT_RUN
    assert contract.reason == "its suite did not run, so there are no calls to look at"


def test_a_provider_without_a_document_is_named(linked: Shop) -> None:
    promise(linked).unlink()
    contract = verified(linked, Check.CONTRACT)[Check.CONTRACT]
    assert contract.outcome is Outcome.FAILED
    assert contract.reason == (
        "users-data has no services/users-data/openapi.json to check its calls by"
    )


def test_the_calls_to_every_service_that_is_called_are_judged(
    linked: Shop, judge: Path, tmp_path: Path
) -> None:
    openapi = tmp_path / "openapi.json"
    second = ContractJob(link="USERS_API", provider="users-api", openapi=openapi)
    openapi.write_text(json.dumps({"fields": ["email"]}))
    silent = verified(linked, Check.CONTRACT, more=(second,))[Check.CONTRACT]
    assert silent.outcome is Outcome.FAILED
    assert silent.reason.startswith("its suite recorded no call to users-api: ")
    both = RECORDS + RECORDS.replace("_is_made", "_is_told").replace("CALLS", "CALLS_USERS_API")
    add_caller(linked, both, judge)
    results = verified(linked, Check.CONTRACT, more=(second,))
    assert results[Check.CONTRACT].reason == "1 call fits users-data, 1 call fits users-api"
    openapi.write_text(json.dumps({"fields": ["mail"]}))
    changed = verified(linked, Check.CONTRACT, more=(second,))[Check.CONTRACT]
    assert changed.outcome is Outcome.FAILED
    assert changed.reason == "POST /api/v1/users: request body: email is not described"
    assert "caller/contract-calls-users-api.jsonl " in changed.command


def test_a_library_without_the_judge_is_named(linked: Shop) -> None:
    add_caller(linked, RECORDS, None)
    contract = verified(linked, Check.CONTRACT)[Check.CONTRACT]
    assert contract.outcome is Outcome.FAILED
    assert "No module named" in contract.reason


def test_a_service_that_calls_nobody_has_no_such_check(shop: Shop) -> None:
    shop.add("calm", tools=("pytest",))
    assert Check.CONTRACT not in shop.check("calm", Check.TESTS)
