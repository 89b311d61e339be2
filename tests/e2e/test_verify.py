"""What is rendered is green: every variant runs its own suite and starts, on real servers."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.rendering.answer_sets import AnswerSet
from tests.support.answers import SERVICE_SETS, flags_of
from tests.support.checkout import git
from tests.support.cli import Cli
from tests.support.wiring import CATALOG

pytestmark = pytest.mark.slow
# The first two are verified by the test of docs/index.md, once is enough; the parts of the last are
# those of other variants.
ELSEWHERE = {"data-postgres", "worker", "worker--no-example-schedule"}
SERVICES = [s for s in SERVICE_SETS if s.name not in ELSEWHERE]
BARE = ("new-service", "data-postgres", "users-data", "--no-example", "--no-verify")
CHECKS = {"environment", "lint", "format", "types", "tests", "rules", "boot", "image"}


def outcomes(report: dict[str, Any], subject: str) -> dict[str, str]:
    [found] = [s for s in report["subjects"] if s["name"] == subject]
    return {check["check"]: check["outcome"] for check in found["checks"]}


def complaints(report: dict[str, Any]) -> str:
    red = [c for s in report["subjects"] for c in s["checks"] if c["outcome"] != "passed"]
    return json.dumps(red, indent=2)


WORKSPACE_CHECKS = (
    "lock", "wiring", "compose", "compose-rules", "dockerfiles", "workflows", "workflow-security",
)  # fmt: skip


@pytest.fixture(scope="module")
def shop(pristine_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace that the tests of this file share, one service each."""
    folder = tmp_path_factory.mktemp("e2e") / "shop"
    shutil.copytree(pristine_workspace, folder, symlinks=True)
    yield folder
    shutil.rmtree(folder / ".generator", ignore_errors=True)


@pytest.mark.parametrize("service", SERVICES, ids=[s.name for s in SERVICES])
def test_a_new_service_is_green_and_unchanged_is_not_run_again(
    cli: Cli, shop: Path, service: AnswerSet
) -> None:
    needed = CATALOG.template(service.template).backing_for(service.data.get("features", ()))
    if "rabbitmq" in needed and os.environ.get("RABBITMQ") == "no":
        pytest.skip("there is no RabbitMQ, and this variant needs it")
    # Not the bare name: `fastapi` is a distribution's, and refused.
    name = f"a-{service.name.replace('--', '-')}"
    flags, checks = flags_of(service), CHECKS
    if provider := service.data.get("data_service"):
        checks = CHECKS | {"contract"}
        if not (shop / "services" / provider).exists():
            cli("new-service", "data-postgres", provider, "--no-verify", cwd=shop).ok()
    made = cli("new-service", service.template, name, *flags, "--json", cwd=shop)
    report = made.json()["verification"]
    assert made.code == 0, complaints(report)
    assert outcomes(report, name) == dict.fromkeys(checks, "passed")
    assert outcomes(report, "workspace") == dict.fromkeys(WORKSPACE_CHECKS, "passed")

    again = cli("verify", name, "--json", cwd=shop).ok().json()
    assert outcomes(again, name) == dict.fromkeys(checks, "cached")
    assert "own instance" not in cli("verify", name, cwd=shop).ok().stderr


def test_a_red_service_is_exit_1_with_the_way_to_run_it_again(
    cli: Cli, workspace: Path, tmp_path: Path
) -> None:
    cli(*BARE, cwd=workspace).ok()
    broken = workspace / "services/users-data/src/app/broken.py"
    broken.write_text('"""Wrong types."""\n\nVALUE: int = "<script>alert(1)</script>"\n')
    junit, html = tmp_path / "junit.xml", tmp_path / "report.html"
    red = cli(
        "verify", "users-data", "--only", "lint,types", "--junit", str(junit), "--html", str(html),
        cwd=workspace,
    )  # fmt: skip
    assert red.code == 1
    assert "again: generator verify users-data --only types" in red.stdout
    assert 'name="users-data" tests="3" failures="1"' in junit.read_text()
    assert "<script>alert(1)</script>" not in html.read_text()


def test_only_what_changed_since_a_ref_is_verified(cli: Cli, workspace: Path) -> None:
    for name in ("a-data", "b-data"):
        cli("new-service", "data-postgres", name, "--no-verify", "--no-example", cwd=workspace).ok()
    git(workspace, "add", "--all")
    git(workspace, "commit", "--quiet", "-m", "Add services")
    (workspace / "services/b-data/README.md").write_text("changed\n")
    report = cli(
        "verify", "--changed", "HEAD", "--only", "lint", "--json", cwd=workspace
    ).ok().json()  # fmt: skip
    names = {subject["name"] for subject in report["subjects"]}
    assert "b-data" in names
    assert "a-data" not in names


def test_without_a_server_tests_are_not_run_and_never_green(cli: Cli, workspace: Path) -> None:
    cli(*BARE, cwd=workspace).ok()
    nowhere = {"GENERATOR_POSTGRES_URL": "postgresql://nobody@127.0.0.1:9/none"}
    run = cli("verify", "users-data", "--only", "tests", "--json", cwd=workspace, env=nowhere)
    assert run.code == 6
    assert outcomes(run.json(), "users-data")["tests"] == "not_run"
    assert "GENERATOR_POSTGRES_URL" in run.stderr
    strict = cli("verify", "users-data", "--only", "tests", "--strict", cwd=workspace, env=nowhere)
    assert strict.code == 1


def test_an_unknown_check_or_service_is_usage(cli: Cli, workspace: Path) -> None:
    assert "Checks: " in cli("verify", "--only", "lnit", cwd=workspace).failed(2).stderr
    assert "Services: " in cli("verify", "nobody", cwd=workspace).failed(2).stderr
