"""The workspace's own checks: lock file, compose, checks given by others, the shared library."""

import dataclasses
import os
import shutil
from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.verification import Check, Options, Outcome, Report, WorkspaceCheck, verify
from tests.verification.support import GOOD, LIMITS, Shop

OPTIONS = Options(limits=LIMITS, shared=False)


def report_of(shop: Shop, *checks: WorkspaceCheck, options: Options = OPTIONS) -> Report:
    return verify(shop.workspace, (), checks=checks, options=options, on_event=shop.events.append)


def outcomes(report: Report) -> dict[str, tuple[Outcome, str]]:
    return {f"{r.subject}/{r.check}": (r.outcome, r.reason) for r in report.results}


def test_a_given_check_is_reported_like_any_other(lonely: Shop) -> None:
    def refuses() -> tuple[str, ...]:
        raise GeneratorError("users-api and users-data both want port 8200.", hint="Change one.")

    only = dataclasses.replace(OPTIONS, only=frozenset({Check.WIRING}))
    clean = WorkspaceCheck(check=Check.WIRING, find=lambda: ())
    stale = WorkspaceCheck(check=Check.WIRING, find=lambda: ("wiring/a is stale", "wiring/b too"))
    angry = WorkspaceCheck(check=Check.WIRING, find=refuses)
    told = [outcomes(report_of(lonely, check, options=only)) for check in (clean, stale, angry)]
    assert told == [
        {"workspace/wiring": (Outcome.PASSED, "")},
        {"workspace/wiring": (Outcome.FAILED, "wiring/a is stale (and 1 more)")},
        {
            "workspace/wiring": (
                Outcome.FAILED, "users-api and users-data both want port 8200.",
            )
        },
    ]  # fmt: skip


COMPOSE = dataclasses.replace(OPTIONS, only=frozenset({Check.COMPOSE}))


@pytest.mark.parametrize(
    ("text", "outcome", "said"),
    [
        ("services: {a: {image: 'b:${TAG:?no tag}'}}\n", Outcome.PASSED, ""),
        ("services: {a: {image: 'b:${OTHER:?no other}'}}\n", Outcome.FAILED, "no other"),
        ("services: {a: {imagine: b}}\n", Outcome.FAILED, "imagine"),
        ("services: {a: {image: b}}\n", Outcome.PASSED, "services in all profiles: 1"),
        # What only a profile starts is wrong too.
        (
            "services: {a: {image: b, profiles: [x], depends_on: [nobody]}}\n",
            Outcome.FAILED, "nobody",
        ),
    ],
)  # fmt: skip
def test_compose_judges_the_compose_file(
    lonely: Shop, text: str, outcome: Outcome, said: str
) -> None:
    (lonely.root / "compose.yaml").write_text(text)
    options = dataclasses.replace(COMPOSE, compose_environment={"TAG": "1"})
    (result,) = report_of(lonely, options=options).results
    assert result.outcome is outcome
    assert said in result.reason


def test_without_compose_its_check_is_not_run_and_fails_only_under_strict(
    lonely: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lonely.root / "compose.yaml").write_text("services: {}\n")
    monkeypatch.setattr("generator.verification.compose.find_compose", lambda *_: ())
    lax = report_of(lonely, options=COMPOSE)
    strict = report_of(lonely, options=dataclasses.replace(COMPOSE, strict=True))
    assert [r.outcome for r in lax.results] == [Outcome.NOT_RUN]
    assert (lax.exit_code, strict.exit_code) == (0, 1)


FILES = dataclasses.replace(
    OPTIONS, only=frozenset({Check.COMPOSE, Check.DOCKERFILES, Check.WIRING})
)
WIRING = WorkspaceCheck(check=Check.WIRING, find=lambda: ())


def outcomes_of_files(shop: Shop, options: Options = FILES) -> dict[Check, Outcome]:
    return {one.check: one.outcome for one in report_of(shop, WIRING, options=options).results}


def with_files(shop: Shop) -> None:
    (shop.root / "compose.yaml").write_text("services: {a: {image: 'b:${TAG:?no tag}'}}\n")
    (shop.root / ".env").write_text("TAG=1\n")
    (shop.root / "Dockerfile").write_text("FROM python:3.11\n")


def test_unchanged_files_of_the_workspace_are_not_judged_again(lonely: Shop) -> None:
    with_files(lonely)
    green = {Check.COMPOSE: Outcome.PASSED, Check.DOCKERFILES: Outcome.PASSED}
    assert outcomes_of_files(lonely) == green | {Check.WIRING: Outcome.PASSED}
    cached = dict.fromkeys(green, Outcome.CACHED) | {Check.WIRING: Outcome.PASSED}
    assert outcomes_of_files(lonely) == cached
    # No part of a run takes the results of the other parts away.
    alone = dataclasses.replace(FILES, only=frozenset({Check.COMPOSE}), use_cache=False)
    assert outcomes_of_files(lonely, alone) == {Check.COMPOSE: Outcome.PASSED}
    assert outcomes_of_files(lonely) == cached
    # What is Python is no matter of these checks.
    (lonely.root / "app.py").write_text("")
    assert outcomes_of_files(lonely) == cached


@pytest.mark.parametrize("path", [".env", "compose.yaml", "Dockerfile", "services/a/.env", "new"])
def test_a_changed_file_is_judged_again(lonely: Shop, path: str) -> None:
    with_files(lonely)
    outcomes_of_files(lonely)
    file = lonely.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(file.read_text() + "\n" if file.exists() else "\n")
    assert set(outcomes_of_files(lonely).values()) == {Outcome.PASSED}


def test_another_program_judges_again(
    lonely: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_files(lonely)
    outcomes_of_files(lonely)
    own = tmp_path / "hadolint"
    own.write_text("#!/bin/sh\necho no; exit 1\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert outcomes_of_files(lonely)[Check.DOCKERFILES] is Outcome.FAILED
    # And what is red is never remembered, beside green ones.
    assert outcomes_of_files(lonely) == {
        Check.COMPOSE: Outcome.CACHED,
        Check.DOCKERFILES: Outcome.FAILED,
        Check.WIRING: Outcome.PASSED,
    }


def test_compose_reads_the_override_as_up_does(lonely: Shop) -> None:
    (lonely.root / "compose.yaml").write_text("services: {a: {image: b}}\n")
    (lonely.root / "compose.override.yaml").write_text("services: {a: {imagine: b}}\n")
    (result,) = report_of(lonely, options=COMPOSE).results
    assert (result.outcome, "imagine" in result.reason) == (Outcome.FAILED, True)


def test_what_compose_makes_of_secrets_is_kept_nowhere(lonely: Shop) -> None:
    (lonely.root / "compose.yaml").write_text("services: {a: {image: b, environment: [A=$S]}}\n")
    (lonely.root / ".env").write_text("S=hunter22-hunter22\n")
    (result,) = report_of(lonely, options=COMPOSE).results
    assert result.outcome is Outcome.PASSED
    files = [path for path in lonely.root.rglob("*") if path.is_file() and path.name != ".env"]
    assert files
    assert not any(b"hunter22" in path.read_bytes() for path in files)
    assert "hunter22" not in result.output


def test_without_compose_its_schema_finds_what_it_can_and_makes_nothing_green(
    lonely: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.verification.compose.find_compose", lambda *_: ())
    (lonely.root / "compose.yaml").write_text("services: {a: {image: b}}\n")
    (fine,) = report_of(lonely, options=COMPOSE).results
    assert fine.outcome is Outcome.NOT_RUN
    assert "fits the schema" in fine.reason
    (lonely.root / "compose.override.yaml").write_text("services: {a: {imagine: b}}\n")
    (wrong,) = report_of(lonely, options=COMPOSE).results
    assert wrong.outcome is Outcome.FAILED
    assert "imagine" in wrong.output


@pytest.mark.slow
def test_a_stale_lock_is_a_finding_and_is_left_as_it_is(lonely: Shop) -> None:
    options = dataclasses.replace(OPTIONS, only=frozenset({Check.LOCK}))
    lonely.add("one")
    missing = (Outcome.FAILED, "uv.lock is missing: run `uv lock` and commit it")
    assert outcomes(report_of(lonely, options=options))["workspace/lock"] == missing
    assert not (lonely.root / "uv.lock").exists()
    lonely.lock()
    assert outcomes(report_of(lonely, options=options))["workspace/lock"] == (Outcome.PASSED, "")
    before = (lonely.root / "uv.lock").read_bytes()
    lonely.add("two")
    stale = (Outcome.FAILED, "uv.lock is stale: run `uv lock` and commit it")
    assert outcomes(report_of(lonely, options=options))["workspace/lock"] == stale
    assert (lonely.root / "uv.lock").read_bytes() == before


@pytest.mark.slow
def test_offline_with_an_empty_cache_says_so_in_one_line(
    lonely: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lonely.add("far", tools=("ruff",))
    lonely.check("far", Check.ENVIRONMENT)
    shutil.rmtree(lonely.workspace.private_dir / "envs")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    result = lonely.check("far", Check.ENVIRONMENT, Check.LINT)
    assert result[Check.ENVIRONMENT].outcome is Outcome.FAILED
    assert result[Check.ENVIRONMENT].reason.startswith("packages are missing from uv's cache")
    assert result[Check.LINT].reason == "environment did not pass"
    assert not any(one.judged for one in result.values() if one.outcome is not Outcome.PASSED)


@pytest.mark.slow
def test_the_shared_library_has_its_own_suite_and_no_process(lonely: Shop) -> None:
    shutil.copytree(GOOD, lonely.root / "shared", ignore=shutil.ignore_patterns("__pycache__"))
    options = Options(limits=LIMITS, workspace=False)
    lonely.lock()
    report = report_of(lonely, options=options)
    told = outcomes(report)
    assert told["shared/tests"] == (Outcome.PASSED, "1 passed, 0 failed, 0 skipped")
    assert "shared/boot" not in told
    assert report.exit_code == 0
    again = {r.outcome for r in report_of(lonely, options=options).results if r.subject == "shared"}
    assert again == {Outcome.CACHED}
