"""Linters of Dockerfiles and workflows: kept programs, run on all such files of a workspace."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from generator.env_vars import child_env_vars
from generator.verification.compose import find_program
from generator.verification.context import Context
from generator.verification.file_list import list_files
from generator.verification.model import Check, Verdict
from generator.verification.verdicts import not_run, verdict_of

_WORKFLOW = r"\.github/workflows/[^/]+\.ya?ml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Linter:
    """A program that judges files, and which.

    Attributes:
        check: its name in the report.
        program: what is run; it exits with 0 where it finds nothing.
        options: its words before the files; they make it find the same everywhere.
        files: what the paths of its files look like, below the workspace's root.
    """

    check: Check
    program: str
    options: tuple[str, ...]
    files: re.Pattern[str]


LINTERS = (
    Linter(
        check=Check.DOCKERFILES,
        program="hadolint",
        options=("--no-color",),
        files=re.compile(
            r"(?:.*/)?(?:Docker|Container)file(?:\.(?!dockerignore$|jinja$)[\w-]+)?|.*\.dockerfile"
        ),
    ),
    Linter(
        check=Check.WORKFLOWS,
        program="actionlint",
        # Whether other linters are on a machine must not change what it finds.
        options=("-no-color", "-oneline", "-shellcheck=", "-pyflakes="),
        files=re.compile(_WORKFLOW),
    ),
    Linter(
        check=Check.WORKFLOW_SECURITY,
        program="zizmor",
        # What it asks the network for would need a credential.
        options=("--offline", "--quiet", "--no-progress", "--color=never"),
        files=re.compile(rf"{_WORKFLOW}|(?:.*/)?action\.ya?ml|\.github/dependabot\.ya?ml"),
    ),
)


def linter_checks(context: Context) -> Iterator[tuple[Check, partial[Verdict]]]:
    """The checks of linters that have something to judge here."""
    root = context.workspace.root
    wanted = [linter for linter in LINTERS if context.options.wants(linter.check)]
    paths = [str(path.relative_to(root)) for path in list_files(root)] if wanted else []
    for linter in wanted:
        files = tuple(path for path in paths if linter.files.fullmatch(path))
        if files:
            yield linter.check, partial(_check, context, linter, files)


def _check(context: Context, linter: Linter, files: tuple[str, ...]) -> Verdict:
    root = context.workspace.root
    # A file that git still tracks may be gone.
    there = [path for path in files if (root / path).is_file()]
    command = " ".join((linter.program, *linter.options, *there))
    found = find_program(linter.program)
    if not found:
        return not_run(
            f"{linter.program} is not on this machine: the generator's extra `linters` brings it",
            command=command,
        )
    done = context.processes.run(
        [found, *linter.options, *there],
        cwd=root,
        environment=child_env_vars(context.options.base_environment),
        seconds=context.limits.command,
    )
    return verdict_of(done, command=command, seconds=context.limits.command)
