"""Builds a service's image as far as that goes without an engine, and starts its process.

Every `COPY` and `uv` line of the Dockerfile is carried out in an empty folder that stands for the
image's file system. Base images and other programs' `RUN` lines are not: they need an engine.
"""

import os
import shlex
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from generator.verification.boot import Program, check_process
from generator.verification.context import Context, Subject
from generator.verification.dockerfile import (
    BuildContext,
    DockerfileError,
    Instruction,
    expand,
    read_dockerfile,
)
from generator.verification.model import Outcome, Verdict
from generator.verification.venvs import uv_failed
from generator.verification.verdicts import failed, not_run

DOCKERFILE = "Dockerfile"
_IGNORED = {"ARG", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "SHELL", "STOPSIGNAL", "VOLUME"}


def check_image(context: Context, subject: Subject) -> Verdict:
    """Whether what the Dockerfile copies and installs is enough for the process to get ready."""
    try:
        text = (subject.folder / DOCKERFILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return not_run(f"it has no {DOCKERFILE}")
    if subject.boot is None:
        return not_run("there is no process to start")
    place = os.path.relpath(subject.folder, context.workspace.root)
    command = f"docker build -f {place}/{DOCKERFILE} ."
    with tempfile.TemporaryDirectory(prefix="image-", dir=context.run_folder(subject)) as folder:
        build = _Build(context, Path(folder))
        try:
            for instruction in read_dockerfile(text):
                if verdict := build.carry_out(instruction):
                    return verdict
            program = build.program(shown=command)
        except DockerfileError as error:
            return failed(str(error), command=command)
        # Whether /ready tells the truth is for the boot check to see.
        plan = replace(subject.boot, cut=False)
        started = check_process(context, subject, program, plan)
    if started.outcome is not Outcome.PASSED:
        return started
    left_out = f"not run here: {'; '.join(build.skipped)}" if build.skipped else ""
    return Verdict(outcome=Outcome.PASSED, reason=left_out, command=command, output=started.output)


class _Build:
    """The stages of a build so far; the current one's file system is always at the same place.

    So the paths that an installation writes down stay good when a later stage copies it.
    """

    def __init__(self, context: Context, folder: Path) -> None:
        self._context = context
        self._sent = BuildContext.of(context.workspace.root)
        self._folder = folder
        self._root = folder / "root"
        self._stages: dict[str, Path] = {}
        self._stage = ""
        self._entrypoint: tuple[str, ...] = ()
        self._cmd: tuple[str, ...] = ()
        self._workdir = "/"
        self._env: dict[str, str] = {}
        self._user = ""
        self._unreadable = ""
        self.skipped: list[str] = []

    def carry_out(self, instruction: Instruction) -> Verdict | None:
        """Do what an instruction says; a verdict when it ends the check.

        Raises:
            DockerfileError: when it cannot be done, whatever the machine.
        """
        match instruction.word:
            case "FROM":
                self._begin(instruction)
            case "ENV":
                self._set(instruction)
            case "WORKDIR":
                self._workdir = str(PurePosixPath(self._workdir, self._expanded(instruction.text)))
                self._at(self._workdir).mkdir(parents=True, exist_ok=True)
            case "COPY" | "ADD":
                self._copy(instruction)
            case "RUN":
                return self._run(instruction)
            case "USER":
                self._user = instruction.text.partition(":")[0]
            case "CMD":
                self._cmd = self._exec_form(instruction)
            case "ENTRYPOINT":
                self._entrypoint = self._exec_form(instruction)
            case word if word not in _IGNORED:
                raise DockerfileError(f"{instruction} is not understood here")
        return None

    def program(self, *, shown: str) -> Program:
        """What a container of the image starts.

        Raises:
            DockerfileError: when that is nothing, is not in the image, or may not read its files.
        """
        words = [*self._entrypoint, *self._cmd]
        if not words:
            raise DockerfileError("it has neither CMD nor ENTRYPOINT")
        if self._unreadable and self._user not in {"", "0", "root"}:
            raise DockerfileError(self._unreadable)
        # What the image's folders of programs are on this machine; the base image's is ours.
        path = [str(self._at(one)) for one in self._env.get("PATH", "").split(":") if one]
        here = ":".join([*path, os.environ.get("PATH", os.defpath)])
        program = shutil.which(words[0], path=here)
        if program is None:
            raise DockerfileError(f"CMD starts {words[0]}, which is not in the image")
        return Program(
            words=(program, *words[1:]),
            cwd=self._at(self._workdir),
            variables={**self._env, "PATH": here},
            shown=shown,
        )

    def _begin(self, instruction: Instruction) -> None:
        if self._stage:
            self._root.rename(self._folder / f"stage-{self._stage}")
            self._stages[self._stage] = self._folder / f"stage-{self._stage}"
        base, *name = instruction.words
        self._stage = name[-1] if name else f"{len(self._stages)}"
        self._root.mkdir()
        self._user = self._unreadable = ""
        if base in self._stages:
            shutil.copytree(self._stages[base], self._root, symlinks=True, dirs_exist_ok=True)
        else:
            self._env, self._workdir = {}, "/"

    def _set(self, instruction: Instruction) -> None:
        for word in instruction.words:
            name, _, value = word.partition("=")
            self._env[name] = self._expanded(value)

    def _copy(self, instruction: Instruction) -> None:
        *sources, target = (self._expanded(word) for word in instruction.words)
        stage = instruction.flag("from")
        if stage and stage not in self._stages:
            self.skipped.append(str(instruction))
            return
        origin = self._stages[stage] if stage else self._sent.root
        into = target.endswith(("/", ".")) or len(sources) > 1
        for source in sources:
            found = sorted(origin.glob(source.lstrip("/")))
            if not found:
                raise DockerfileError(f"{instruction}: there is no {source}")
            for path in found:
                copied = self._put(path, self._at(target), into=into, all_of_it=bool(stage))
                if not copied:
                    raise DockerfileError(f"{instruction}: .dockerignore leaves out {source}")
                if not stage and not instruction.flag("chmod"):
                    self._note_modes(instruction, path)

    def _put(self, source: Path, target: Path, *, into: bool, all_of_it: bool) -> int:
        """Copy a file, or what is in a folder; return how many files that were."""
        if not source.is_dir():
            if not all_of_it and not self._sent.sends(source):
                return 0
            place = target / source.name if into or target.is_dir() else target
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place, follow_symlinks=False)
            return 1
        count = 0
        for parent, folders, names in os.walk(source):
            links = [name for name in folders if Path(parent, name).is_symlink()]
            for path in (Path(parent, name) for name in (*names, *links)):
                place = target / path.relative_to(source)
                if all_of_it or self._sent.sends(path):
                    place.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(path, place, follow_symlinks=False)
                    count += 1
        return count

    def _note_modes(self, instruction: Instruction, source: Path) -> None:
        """Remember what a process that is not root could not read."""
        for path in (source, *(source.rglob("*") if source.is_dir() else ())):
            if path.is_symlink() or (path.is_file() and not self._sent.sends(path)):
                continue
            needed = stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0)
            if path.stat().st_mode & needed != needed:
                name = path.relative_to(self._sent.root)
                self._unreadable = self._unreadable or (
                    f"{instruction}: only its owner may read {name}, and COPY keeps that:"
                    " add --chmod=u=rwX,go=rX"
                )

    def _run(self, instruction: Instruction) -> Verdict | None:
        words = instruction.words
        if words[0] != "uv" or set(words) & {"&&", "||", ";", "|"}:
            self.skipped.append(str(instruction))
            return None
        # What is faster here and gives the same files but for their times.
        quick = {"UV_COMPILE_BYTECODE": "0", "UV_LINK_MODE": "hardlink"}
        variables = {name: value for name, value in self._env.items() if name != "PATH"}
        with self._mounted(instruction):
            done = self._context.processes.run(
                [
                    self._context.uv,
                    *words[1:],
                    *self._context.python.arguments,
                    "--no-progress",
                ],
                cwd=self._at(self._workdir),
                environment=self._context.installing(variables | quick),
                seconds=self._context.limits.sync,
            )
        if done.code == 0:
            return None
        command = f"{shlex.join(words)}  # {DOCKERFILE}, line {instruction.line}"
        return uv_failed(done, command=command)

    @contextmanager
    def _mounted(self, instruction: Instruction) -> Iterator[None]:
        """The files that a RUN line binds are there while it runs, and then no more."""
        placed: list[Path] = []
        for name, value in instruction.flags:
            mount = dict(part.partition("=")[::2] for part in value.split(","))
            if name != "mount" or mount.get("type", "bind") != "bind":
                continue
            source, target = (
                self._sent.root / mount["source"],
                self._at(self._workdir) / mount["target"],
            )
            if not source.is_file() or not self._sent.sends(source):
                raise DockerfileError(f"{instruction}: there is no {mount['source']} to bind")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            placed.append(target)
        try:
            yield
        finally:
            for path in placed:
                path.unlink(missing_ok=True)

    def _exec_form(self, instruction: Instruction) -> tuple[str, ...]:
        if not instruction.text.startswith("["):
            raise DockerfileError(f"{instruction}: in shell form it gets no SIGTERM, write a list")
        return instruction.words

    def _expanded(self, text: str) -> str:
        return expand(text, self._env)

    def _at(self, path: str) -> Path:
        """Where a path of the image is on this machine."""
        place = os.path.normpath(PurePosixPath("/", self._workdir, path))
        return self._root / place.lstrip("/")
