"""Lint, format and types: tools of the subject's own environment, by its own settings."""

import tomllib
from pathlib import Path

from generator.verification.context import Context, Subject
from generator.verification.model import Verdict
from generator.verification.verdicts import not_run, verdict_of


def check_lint(context: Context, subject: Subject) -> Verdict:
    """Whether ruff finds nothing; settings that would let it change files are overruled."""
    return _run(context, subject, "ruff", "check", "--no-fix", ".")


def check_format(context: Context, subject: Subject) -> Verdict:
    """Whether ruff would format nothing differently."""
    return _run(context, subject, "ruff", "format", "--check", ".")


def check_types(context: Context, subject: Subject) -> Verdict:
    """Whether mypy is content, strict whatever the subject's settings say."""
    return _run(context, subject, "mypy", "--strict", *_type_targets(subject.folder))


def _run(context: Context, subject: Subject, program: str, *arguments: str) -> Verdict:
    path = context.tool(subject, program)
    command = context.shown(subject, path, *arguments)
    if not Path(path).exists():
        return not_run(
            f"{program} is not in its environment: add it to the dev group", command=command
        )
    done = context.processes.run(
        [path, *arguments],
        cwd=subject.folder,
        environment=context.running(subject),
        seconds=context.limits.command,
    )
    return verdict_of(done, command=command, seconds=context.limits.command)


def _type_targets(folder: Path) -> tuple[str, ...]:
    """What mypy reads: what the subject's settings name, else its sources, tests and scenarios."""
    try:
        settings = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        settings = {}
    if settings.get("tool", {}).get("mypy", {}).get("files"):
        return ()
    return tuple(name for name in ("src", "tests", "scenarios") if (folder / name).is_dir())
