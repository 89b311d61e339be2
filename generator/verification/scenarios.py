"""Finds the scenarios of a workspace, and plays one file of them against a system that runs."""

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from generator.processes import Processes
from generator.verification.model import SHARED_SUBJECT, Outcome, Verdict
from generator.verification.suite import read_counts
from generator.verification.verdicts import failed, not_run, verdict_of
from generator.workspace import Workspace

FOLDER = "scenarios"
# Where the interface is, which is also what pytest has to load.
PLUGIN = "shared.testing.system"
# What one scenario may take, unless it says something else; and one file of them.
SCENARIO_SECONDS = 180
FILE_SECONDS = 1800.0
_NOTHING_COLLECTED = 5
_SHOWN = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """A file of scenarios.

    Attributes:
        name: what it is known by: `checkout`, and of a service `support-bot/photos`.
        path: where it is.
        package: in whose environment it is played: a service's, else the shared library's.
        folder: where it is played.
        seconds: how long it may take; each scenario in it has a limit of its own.
    """

    name: str
    path: Path
    package: str
    folder: Path
    seconds: float = FILE_SECONDS


def find_scenarios(workspace: Workspace, services: Sequence[str]) -> tuple[Scenario, ...]:
    """The workspace's own scenarios, then those of services.

    What begins with an underscore, and pytest's `conftest.py`, helps others and is none.
    """
    found = [
        Scenario(name=path.stem, path=path, package=SHARED_SUBJECT, folder=workspace.root)
        for path in _files(workspace.root / FOLDER)
    ]
    for name in services:
        folder = workspace.service_dir(name)
        found += [
            Scenario(name=f"{name}/{path.stem}", path=path, package=name, folder=folder)
            for path in _files(folder / FOLDER)
        ]
    return tuple(found)


def play(
    processes: Processes,
    scenario: Scenario,
    *,
    venv: Path,
    environment: Mapping[str, str],
    scratch: Path,
) -> Verdict | None:
    """What the scenarios of a file find; None when none of them is for this system.

    Args:
        processes: runs them.
        scenario: which file.
        venv: the environment of its package.
        environment: all of its variables; they lead to the system.
        scratch: a folder for what is written down meanwhile.
    """
    python, record = venv / "bin" / "python", scratch / "scenarios.xml"
    path = os.path.relpath(scenario.path, scenario.folder)
    command = f"pytest {shlex.quote(path)}"
    if not (venv / "bin" / "pytest").exists():
        return not_run("pytest is not in its environment: add it to the dev group", command=command)
    record.unlink(missing_ok=True)
    # Its service's own settings count, but for those of the suite: what is covered, how long a
    # test may take, and that every warning is an error.
    options = {
        "addopts": "--strict-markers --import-mode=importlib",
        "timeout": str(SCENARIO_SECONDS),
        "faulthandler_timeout": "0",
        "filterwarnings": "default",
        "cache_dir": str(scratch / "pytest"),
    }
    words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    done = processes.run(
        [str(python), "-m", "pytest", path, "-p", PLUGIN, f"--junitxml={record}", *words],
        cwd=scenario.folder,
        environment=environment,
        seconds=scenario.seconds,
    )
    if done.code == _NOTHING_COLLECTED and "deselected" in done.output:
        return None
    verdict = verdict_of(done, command=command, seconds=scenario.seconds)
    return _judged(verdict, record, nothing=done.code == _NOTHING_COLLECTED)


def _judged(verdict: Verdict, record: Path, *, nothing: bool) -> Verdict:
    command, output = verdict.command, verdict.output
    counts = read_counts(record)
    if nothing:
        return failed("it has no scenario: a function test_…", command=command, output=output)
    if counts is None:
        # An interface that cannot be loaded, or whatever else ends pytest itself.
        reason = verdict.reason or "pytest ended without its report: something ended it early"
        return failed(reason, command=command, output=output)
    told = f"{counts.passed} passed, {counts.failed} failed, {counts.skipped} skipped"
    outcome, reason = verdict.outcome, told
    if counts.failed:
        outcome, reason = Outcome.FAILED, f"{first_fault(record)} ({told})"
    elif not counts.executed:
        outcome, reason = Outcome.NOT_RUN, f"{told} ({counts.why})"
    elif outcome is Outcome.FAILED:
        reason = f"{verdict.reason} ({told})"
    return Verdict(outcome=outcome, reason=reason, command=command, output=output, tests=counts)


def first_fault(record: Path) -> str:
    """The first scenario of a JUnit file that failed, and why, in one line."""
    case, found = "", ""

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal case, found
        if name == "testcase":
            case = attributes.get("name", "")
        if name in {"failure", "error"} and not found:
            said = " ".join(re.sub(r"^(\w+\.)+(?=\w+:)", "", attributes.get("message", "")).split())
            found = f"{case}: {said}" if case else said

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    with record.open("rb") as stream:
        parser.ParseFile(stream)
    return found if len(found) <= _SHOWN else f"{found[:_SHOWN]}…"


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.glob("*.py")
        if not path.name.startswith("_") and path.name != "conftest.py"
    )
