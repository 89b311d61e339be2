"""What every check works with: the subject, its places, its environment and its commands."""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.catalog import ProcessSpec
from generator.env_vars import code_env_vars, uv_env_vars
from generator.processes import Processes
from generator.uv import Interpreter
from generator.verification.model import Check
from generator.verification.options import ContractJob, Limits, Options
from generator.verification.scratch import Scratch
from generator.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class BootPlan:
    """How a service's real process is started.

    Attributes:
        process: its command, what is run before it starts, and the paths that it answers.
        environment: the variables of the process.
        dependencies: the names of those whose URLs point at what it depends on.
        optional: the names of those whose URLs point at what it can do without.
        stubs: the names of those dependencies that a stub plays.
        external_stubs: the words that start what plays a service of somebody else's, by the
            variable that leads there; the first is a program of the service's environment.
        required: the names of those without which it must refuse to start.
        cut: whether each of them is cut off for a moment, to see whether `/ready` tells.
    """

    process: ProcessSpec = field(default_factory=ProcessSpec)
    environment: Mapping[str, str] = field(default_factory=dict)
    dependencies: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    stubs: frozenset[str] = frozenset()
    external_stubs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    cut: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Who is checked: a service or the shared library.

    Attributes:
        name: as in the report and in the command that runs it again.
        kind: `service` or `library`.
        folder: where its pyproject.toml is.
        package: its member's name in the uv workspace.
        drivers: the database drivers that it may hold.
        environment: variables for its suite.
        boot: None when it has no process.
        contracts: what its calls must fit, one for each service that it calls.
    """

    name: str
    kind: str
    folder: Path
    package: str
    checks: tuple[Check, ...]
    drivers: frozenset[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    boot: BootPlan | None = None
    contracts: tuple[ContractJob, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The run around the checks.

    Attributes:
        uv: the path of the program.
        python: the interpreter of environments and images.
        scratch: where the run keeps what it makes.
        made: the subjects whose environments were made in this run.
    """

    workspace: Workspace
    processes: Processes
    options: Options
    uv: str
    python: Interpreter
    scratch: Scratch
    made: set[str] = field(default_factory=set)

    @property
    def limits(self) -> Limits:
        """How long things may take."""
        return self.options.limits

    def venv(self, subject: Subject) -> Path:
        """The subject's own environment, outside its tree."""
        return self.scratch.venv(subject.name)

    def is_installed(self, subject: Subject) -> bool:
        """Whether its environment was made in this run; one left over may hold other things."""
        return subject.name in self.made

    def cache(self, subject: Subject) -> Path:
        """Where tools put the subject's caches, so that verifying leaves its tree as it was."""
        return self.scratch.cache(subject.name)

    def run_folder(self, subject: Subject) -> Path:
        """Where one check of the subject leaves what another one of this run reads."""
        return self.scratch.of_run(subject.name)

    def installing(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of uv: the way to private indexes and their credentials included."""
        return uv_env_vars(self.options.base_environment, {"NO_COLOR": "1", **(extra or {})})

    def running(self, subject: Subject, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of the subject's own code: no credential, and a home of its own."""
        cache = self.cache(subject)
        places = {
            "RUFF_CACHE_DIR": str(cache / "ruff"),
            "MYPY_CACHE_DIR": str(cache / "mypy"),
            "COVERAGE_FILE": str(self.run_folder(subject) / "coverage"),
        }
        own = code_env_vars(self.options.base_environment, cache / "home", cache)
        return own | places | dict(extra or {})

    def tool(self, subject: Subject, program: str) -> str:
        """The path of a program of the subject's environment, whether it exists or not."""
        return str(self.venv(subject) / "bin" / program)

    def shown(self, subject: Subject, *words: str) -> str:
        """A command of the subject's folder, as a person pastes it in the workspace's root."""
        folder = os.path.relpath(subject.folder, self.workspace.root)
        program, *arguments = words
        if Path(program).is_absolute():
            program = os.path.relpath(program, subject.folder)
        return f"cd {shlex.quote(folder)} && {shlex.join([program, *arguments])}"
