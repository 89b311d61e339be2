"""Dockerfiles and workflows are linted where their linters are, and said not to be elsewhere."""

import dataclasses
from pathlib import Path

import pytest

from generator.verification import Check, Options, Outcome, verify
from tests.verification.support import LIMITS, Shop

GOOD = 'FROM python:3.13.1-slim\nUSER 10001:10001\nCMD ["python"]\n'
WORKFLOW = """\
name: ci
on: {push: {branches: [main]}}
permissions: {}
concurrency: {group: ci, cancel-in-progress: true}
jobs:
  a:
    name: a
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - run: echo "${{ %s }}"
"""
ACTION = """\
name: a
description: b
runs:
  using: composite
  steps:
    - shell: sh
      run: echo "${{ github.head_ref }}"
"""
LINTED = (Check.DOCKERFILES, Check.WORKFLOWS, Check.WORKFLOW_SECURITY)
OPTIONS = Options(limits=LIMITS, shared=False, only=frozenset(LINTED))


def write(shop: Shop, path: str, text: str) -> None:
    file = shop.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def results(shop: Shop, options: Options = OPTIONS) -> dict[Check, tuple[Outcome, str]]:
    report = verify(shop.workspace, (), checks=(), options=options, on_event=shop.events.append)
    return {one.check: (one.outcome, one.output) for one in report.results}


def test_what_is_right_passes(lonely: Shop) -> None:
    write(lonely, "services/a/Dockerfile", GOOD)
    write(lonely, ".github/workflows/ci.yml", WORKFLOW % "github.sha")
    assert {check: outcome for check, (outcome, _) in results(lonely).items()} == dict.fromkeys(
        LINTED, Outcome.PASSED
    )


@pytest.mark.parametrize(
    ("path", "text", "check", "said"),
    [
        (
            "services/a/Dockerfile",
            "FROM python\nCMD python\n",
            Check.DOCKERFILES,
            "services/a/Dockerfile:1 DL3006",
        ),
        ("Dockerfile.dev", "FROM python:latest\n", Check.DOCKERFILES, "Dockerfile.dev:1 DL3007"),
        (
            ".github/workflows/ci.yml",
            WORKFLOW % "github.nonsense",
            Check.WORKFLOWS,
            ".github/workflows/ci.yml:11:",
        ),
        (
            ".github/workflows/ci.yaml",
            WORKFLOW % "github.head_ref",
            Check.WORKFLOW_SECURITY,
            "template-injection",
        ),
        (
            ".github/actions/a/action.yml",
            ACTION,
            Check.WORKFLOW_SECURITY,
            "template-injection",
        ),
    ],
)
def test_a_planted_fault_is_red(
    lonely: Shop, path: str, text: str, check: Check, said: str
) -> None:
    write(lonely, path, text)
    outcome, output = results(lonely)[check]
    assert outcome is Outcome.FAILED
    assert said in output


def test_what_is_not_there_is_not_checked(lonely: Shop) -> None:
    write(lonely, "services/a/Dockerfile.dockerignore", "*\n")
    assert results(lonely) == {}


def test_without_the_programs_they_are_not_run_and_said_so(
    lonely: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(lonely, "services/a/Dockerfile", "FROM python\n")
    write(lonely, ".github/workflows/ci.yml", WORKFLOW % "github.nonsense")
    monkeypatch.setattr("generator.verification.linters.find_program", lambda _: "")
    report = verify(lonely.workspace, (), checks=(), options=OPTIONS, on_event=lambda _: None)
    assert {one.check for one in report.results} == set(LINTED)
    for one in report.results:
        assert one.outcome is Outcome.NOT_RUN
        assert "the generator's extra `linters` brings it" in one.reason
    assert report.exit_code == 0
    strict = dataclasses.replace(OPTIONS, strict=True)
    assert (
        verify(lonely.workspace, (), checks=(), options=strict, on_event=lambda _: None).exit_code
        == 1
    )


def test_no_linter_sees_a_credential(
    lonely: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(lonely, ".github/workflows/ci.yml", WORKFLOW % "github.sha")
    program = tmp_path / "zizmor"
    program.write_text("#!/bin/sh\nenv; exit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr("generator.verification.linters.find_program", lambda _: str(program))
    monkeypatch.setenv("GH_TOKEN", "hunter22-hunter22")
    base = dataclasses.replace(OPTIONS, base_environment={"GH_TOKEN": "hunter22-hunter22"})
    outcome, output = results(lonely, base)[Check.WORKFLOW_SECURITY]
    assert outcome is Outcome.FAILED
    assert "PWD=" in output
    assert "GH_TOKEN" not in output
