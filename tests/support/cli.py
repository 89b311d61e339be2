"""Runs the command line as a person does: a real process, its output and its exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a run ended."""

    code: int
    stdout: str
    stderr: str

    def ok(self) -> "Outcome":
        """This outcome, if the run succeeded."""
        assert self.code == 0, f"exit {self.code}\n{self.stdout}\n{self.stderr}"
        return self

    def failed(self, code: int) -> "Outcome":
        """This outcome, if the run failed with `code`, one line of cause and no traceback."""
        assert self.code == code, f"exit {self.code}, wanted {code}\n{self.stdout}\n{self.stderr}"
        assert "Traceback" not in self.stderr, self.stderr
        causes = [line for line in self.stderr.splitlines() if line.startswith("error: ")]
        assert len(causes) == 1, self.stderr
        return self

    def json(self) -> dict[str, Any]:
        """The document on stdout."""
        document = json.loads(self.stdout)
        assert isinstance(document, dict)
        return document


@dataclass(frozen=True, kw_only=True, slots=True)
class Cli:
    """The command of one checkout, with a cache of its own."""

    checkout: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, *arguments: str) -> list[str]:
        """The words to start."""
        return [sys.executable, "-m", "generator", *arguments]

    def env(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment to start it in; without the caller's databases."""
        kept = {k: v for k, v in os.environ.items() if k not in {"GENERATOR_POSTGRES_URL", "CI"}}
        return (
            kept | {"PYTHONPATH": str(self.checkout)} | dict(self.environment) | dict(extra or {})
        )

    def __call__(
        self,
        *arguments: str,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        seconds: float = 600,
    ) -> Outcome:
        """Run to the end; `TimeoutExpired` when that takes longer than `seconds`."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=cwd,
            env=self.env(env),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=seconds,
            check=False,
        )
        return Outcome(code=done.returncode, stdout=done.stdout, stderr=done.stderr)


def run_below(cli: Cli, wrapper: Sequence[str], *arguments: str, cwd: Path) -> Outcome:
    """Run the command line below another program, such as one that limits it."""
    done = subprocess.run(
        [*wrapper, *cli.command(*arguments)],
        cwd=cwd, env=cli.env(), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return Outcome(code=done.returncode, stdout=done.stdout, stderr=done.stderr)


def completions(cli: Cli, words: str, *, cwd: Path) -> list[str]:
    """What bash is offered after these words of the command line."""
    asked = {
        "_GENERATOR_COMPLETE": "complete_bash",
        "COMP_WORDS": f"generator {words}",
        "COMP_CWORD": str(len(f"generator {words}.".split()) - 1),
    }
    script = "import sys; sys.argv = ['generator']; from generator.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=cwd, env=cli.env(asked), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.stdout.split()
