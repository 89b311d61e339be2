"""The tests' small language: a uv workspace, services made from one good one, and one call."""

import hashlib
import shutil
import socketserver
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from uv import find_uv_bin

from generator.catalog import ProcessSpec, TemplateSpec
from generator.verification import (
    Check,
    CheckResult,
    ContractJob,
    Event,
    Limits,
    Options,
    Report,
    ServiceJob,
    verify,
)
from generator.workspace import Workspace

GOOD = Path(__file__).with_name("good")
ALL_TOOLS = '"mypy>=2", "pytest>=9", "ruff>=0.15"'
BUSINESS = TemplateSpec(
    name="tiny",
    schema=1,
    summary="A tiny service",
    process=ProcessSpec(prepare=("migrate",)),
)
DATA = TemplateSpec(name="tiny-data", schema=1, summary="Tiny, with data", owns_database=True)
# Short where a test waits for the end of it, generous where it does not.
LIMITS = Limits(
    sync=120, command=60, tests=60, prepare=20, ready=20, unready=10, recovery=20, stop=10
)


class Pong(socketserver.BaseRequestHandler):
    """Answers every ping with a pong."""

    def handle(self) -> None:
        while self.request.recv(5) == b"ping\n":
            self.request.sendall(b"pong\n")


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A workspace on disk, and what its services depend on."""

    root: Path
    backend_url: str = ""
    events: list[Event] = field(default_factory=list)
    kept: Path | None = None

    @property
    def workspace(self) -> Workspace:
        return Workspace(root=self.root, name="shop", kept=self.kept)

    def add(
        self,
        name: str,
        files: Mapping[str, str] | None = None,
        *,
        tools: tuple[str, ...] = (),
        edit: Mapping[str, str] | None = None,
    ) -> Path:
        """A copy of the good service with files of its own.

        Args:
            name: its name; tests that take the same one in turn share its environment.
            files: text by path, written over the copy.
            tools: what its dev group holds; only what a test needs, because each is installed.
            edit: what is replaced in pyproject.toml.
        """
        folder = self.root / "services" / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(GOOD, folder, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
        project = folder / "pyproject.toml"
        text = project.read_text()
        group = ", ".join(f'"{tool}"' for tool in tools)
        for old, new in {'"good"': f'"{name}"', ALL_TOOLS: group, **(edit or {})}.items():
            assert old in text
            text = text.replace(old, new)
        project.write_text(text)
        for path, content in (files or {}).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content)
        return folder

    def job(
        self,
        name: str,
        *,
        spec: TemplateSpec = BUSINESS,
        environment: Mapping[str, str] | None = None,
        contracts: tuple[ContractJob, ...] = (),
        required: frozenset[str] = frozenset(),
    ) -> ServiceJob:
        return ServiceJob(
            name=name,
            folder=self.workspace.service_dir(name),
            spec=spec,
            environment=environment or {},
            boot_environment={"BACKEND_URL": self.backend_url} | dict.fromkeys(required, "stub"),
            dependencies=frozenset({"BACKEND_URL"}),
            contracts=contracts,
            required=required,
        )

    def lock(self) -> None:
        """Bring uv.lock up to date where that is possible, as a person does before verifying."""
        words = [find_uv_bin(), "lock", "--quiet", "--python", sys.executable]
        subprocess.run(words, cwd=self.root, check=False, capture_output=True)

    def report(self, *jobs: ServiceJob, options: Options | None = None) -> Report:
        self.lock()
        return verify(
            self.workspace,
            jobs,
            checks=(),
            options=options or Options(limits=LIMITS, workspace=False, shared=False),
            on_event=self.events.append,
        )

    def check(
        self, name: str, *only: Check, limits: Limits = LIMITS, spec: TemplateSpec = BUSINESS
    ) -> dict[Check, CheckResult]:
        """The results of one service by check."""
        options = Options(
            only=frozenset(only) or None, limits=limits, workspace=False, shared=False
        )
        report = self.report(self.job(name, spec=spec), options=options)
        return {result.check: result for result in report.results}


def make_workspace(root: Path) -> None:
    """The root of a uv workspace with no member yet."""
    (root / "services").mkdir(parents=True)
    (root / "pyproject.toml").write_text(
        '[tool.uv.workspace]\nmembers = ["shared", "services/*"]\n'
    )


def make_wheel(
    folder: Path, name: str, *, requires: str = "", files: Mapping[str, str] | None = None
) -> Path:
    """A wheel of one package, so that no test depends on what a real one does."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-99.0-py3-none-any.whl"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    info = f"{name}-99.0.dist-info"
    entries = {
        f"{name}/__init__.py": "",
        f"{name}/py.typed": "",
        **(files or {}),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 99.0\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in entries.items():
            archive.writestr(path, content)
        archive.writestr(f"{info}/RECORD", "".join(f"{path},,\n" for path in entries))
    return wheel


def uv_cache() -> str:
    """The machine's cache, so that tests do not download what is there."""
    done = subprocess.run(
        [find_uv_bin(), "cache", "dir"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with the hash of its content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
