"""Hashes what decides what a verification of a subject would find."""

import hashlib
import os
import platform
import stat
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields
from functools import cache
from pathlib import Path

import generator
from generator import __version__
from generator.uv import LOCK_FILE
from generator.verification.compose import COMPOSE_PROGRAMS, find_program
from generator.verification.context import BootPlan, Context, Subject
from generator.verification.file_list import list_files, list_files_of, walk
from generator.verification.linters import LINTERS
from generator.verification.locked import LockedPackages
from generator.verification.model import SHARED_SUBJECT, Check
from generator.verification.options import ContractJob
from generator.workspace import SERVICES

# Files of the workspace's root that tools and uv read for every member. Of uv.lock each package
# takes only what it leads to.
ROOT_FILES = (
    "pyproject.toml", "uv.toml", ".python-version", "ruff.toml", ".ruff.toml",
    ".dockerignore", "mypy.ini", ".mypy.ini", "pytest.ini", "setup.cfg", "tox.ini", "conftest.py",
)  # fmt: skip
_OWN_SUFFIXES = frozenset({".py", ".html"})
_BLOCK = 1 << 20


def fingerprints(
    context: Context, wanted: Sequence[tuple[Subject, Sequence[Check]]]
) -> dict[str, str]:
    """By subject's name, the hash of everything that the outcome of these checks depends on.

    As far as we can see: not seen are ignored files, the backing services' versions, and what the
    network answers. The paths are those below the workspace's root, so a copy of it elsewhere has
    the same fingerprints.
    """
    root = context.workspace.root
    shared = root / SHARED_SUBJECT
    folders = [subject.folder for subject, _ in wanted if subject.folder.is_dir()]
    listed = list_files_of(root, list(dict.fromkeys((*folders, shared))))
    common = hashlib.sha256(own_code())
    for setting in (
        __version__, context.python.path, platform.platform(),
        context.options.base_environment.get("UV_PYTHON", ""),
    ):  # fmt: skip
        common.update(f"{setting}\0".encode())
    _add_all(common, root, (*(root / name for name in ROOT_FILES), *listed[shared]))
    locked = LockedPackages.read(root / LOCK_FILE)
    made: dict[str, str] = {}
    for subject, checks in wanted:
        digest = common.copy()
        digest.update(locked.digest(subject.package))
        for fact in _facts(context, subject, checks):
            digest.update(f"{fact}\0".encode())
        contracts = [contract.openapi for contract in subject.contracts]
        own = () if subject.folder == shared else listed.get(subject.folder, ())
        _add_all(digest, root, (*contracts, *own))
        made[subject.name] = digest.hexdigest()
    return made


def workspace_fingerprint(context: Context) -> str:
    """The hash of what the workspace's `FILE_CHECKS` judge: every file that is not Python code.

    The `.env` files, which git ignores, are part of it, as are the programs that judge.
    """
    root = context.workspace.root
    digest = hashlib.sha256(own_code())
    programs = [_program(name) for name in (*COMPOSE_PROGRAMS, *(one.program for one in LINTERS))]
    variables = sorted(context.options.compose_environment.items())
    for fact in (__version__, platform.platform(), variables, programs):
        digest.update(f"{fact}\0".encode())
    judged = (path for path in list_files(root) if path.suffix != ".py")
    ignored = sorted((*root.glob(".env"), *root.glob(f"{SERVICES}/*/.env")))
    _add_all(digest, root, (*judged, *ignored))
    return digest.hexdigest()


def _program(name: str) -> tuple[str, int, int]:
    """Where a program is, and what changes when another version of it is put there."""
    found = find_program(name)
    try:
        told = Path(found).stat() if found else None
    except OSError:
        told = None
    return (found, told.st_size, told.st_mtime_ns) if told else (found, 0, 0)


@cache
def own_code() -> bytes:
    """The hash of this generator's own code: other checks may find other things."""
    package = Path(generator.__file__).resolve().parent
    digest = hashlib.sha256()
    # A wheel holds the templates too, and what a check needs of those is among its facts.
    own = (
        path
        for path in walk(package)
        if path.suffix in _OWN_SUFFIXES and "_source" not in path.parts
    )
    _add_all(digest, package, sorted(own))
    return digest.digest()


def _facts(context: Context, subject: Subject, checks: Sequence[Check]) -> Iterator[object]:
    """What is known of a subject beside its files, in an order that is always the same."""
    yield from (subject.name, subject.kind, subject.package, *sorted(subject.drivers))
    yield sorted(checks)
    if subject.name == SHARED_SUBJECT:
        yield sorted(context.options.shared_servers)
    for plan in (subject.boot, *subject.contracts):
        yield _plain(plan)


def _plain(plan: BootPlan | ContractJob | None) -> object:
    """A plan as text takes it, without what is made anew for each run and where files lie.

    Sets of any kind are sorted: how one iterates differs from process to process.
    """
    if plan is None:
        return None
    values = {
        field.name: getattr(plan, field.name)
        for field in fields(plan)
        if field.name not in {"environment", "openapi"}
    }
    return [
        (name, sorted(value) if isinstance(value, AbstractSet) else value)
        for name, value in values.items()
    ]


def _add_all(digest: "hashlib._Hash", root: Path, paths: Iterable[Path]) -> None:
    for path in paths:
        _add(digest, path, os.path.relpath(path, root))


def _add(digest: "hashlib._Hash", path: Path, name: str) -> None:
    digest.update(os.fsencode(name) + b"\0")
    try:
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode):
            digest.update(b"link " + os.fsencode(path.readlink()))
        elif stat.S_ISREG(found.st_mode):
            kind = "program" if found.st_mode & stat.S_IXUSR else "file"
            digest.update(f"{kind} {found.st_size} ".encode())
            with path.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
    except OSError as error:
        digest.update(f"gone {error.errno}".encode())
    digest.update(b"\0")
