"""Makes the lock file fit and gives every subject an environment of its own."""

import os
import platform
import shlex

from generator.processes import Completed
from generator.uv import (
    OFFLINE,
    PIN_FILE,
    Interpreter,
    discard_moved_venv,
    failure_cause,
    mark_venv_made,
)
from generator.verification.context import Context, Subject
from generator.verification.model import Outcome, Verdict
from generator.verification.verdicts import failed, not_run, unjudged, verdict_of

_STALE = "needs to be updated"


def check_lock(context: Context) -> Verdict:
    """Whether uv.lock agrees with every pyproject.toml.

    It is never written: what is verified is what would be committed.
    """
    root = context.workspace.root
    if not (root / "pyproject.toml").is_file():
        return not_run("the workspace has no pyproject.toml")
    if (root / "uv.lock").is_file():
        checked = _uv(context, "lock", "--check")
        if checked.code == 0:
            return Verdict(outcome=Outcome.PASSED, command="uv lock --check", output=checked.output)
        if _STALE not in checked.output:
            return uv_failed(checked, command="uv lock --check")
        state = "stale"
    else:
        state = "missing"
    return failed(f"uv.lock is {state}: run `uv lock` and commit it", command="uv lock")


def check_environment(context: Context, subject: Subject) -> Verdict:
    """Whether the subject's locked packages, and no others, install into its own environment."""
    extras = ("--all-extras",) if subject.kind == "library" else ()
    arguments = ("sync", "--frozen", "--package", subject.package, *extras)
    venv = context.venv(subject)
    place = shlex.quote(os.path.relpath(venv, context.workspace.root))
    command = f"UV_PROJECT_ENVIRONMENT={place} uv {' '.join(arguments)}"
    discard_moved_venv(venv)
    done = _uv(context, *arguments, place=str(venv))
    if done.code == 0:
        mark_venv_made(venv)
        context.made.add(subject.name)
        return Verdict(
            outcome=Outcome.PASSED,
            reason=_another_python(context.python),
            command=command,
            output=done.output,
        )
    if done.code is None:
        return verdict_of(done, command=command, seconds=context.limits.sync)
    return uv_failed(done, command=command)


def _another_python(python: Interpreter) -> str:
    """Which Python took the place of the one that is asked for; empty when none did."""
    if python.fits:
        return ""
    return (
        f"on Python {platform.python_version()}: {PIN_FILE} asks for {python.pinned},"
        " which is not on this machine"
    )


def _uv(context: Context, *arguments: str, place: str = "") -> Completed:
    extra = {"UV_PROJECT_ENVIRONMENT": place} if place else {}
    return context.processes.run(
        [context.uv, *arguments, *context.python.arguments, "--no-progress"],
        cwd=context.workspace.root,
        environment=context.installing(extra),
        seconds=context.limits.sync,
    )


def uv_failed(done: Completed, *, command: str) -> Verdict:
    """The verdict on a run of uv that failed; offline it says nothing of the subject."""
    verdict = failed(failure_cause(done.output, done.code), command=command, output=done.output)
    return unjudged(verdict) if verdict.reason == OFFLINE else verdict
