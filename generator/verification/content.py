"""Lists and hashes the files that decide what a verification of a subject would find."""

import hashlib
import os
import platform
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator import __version__
from generator.errors import MissingPrerequisiteError
from generator.git import GitError, run_git
from generator.verification.context import Context, Subject
from generator.verification.model import SHARED_SUBJECT, Check
from generator.workspace import PRIVATE

# Made by tools beside the sources; where there is no git to say that they are ignored.
NOISE = frozenset(
    {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "node_modules"}
    | {PRIVATE}
)
# Files of the workspace's root that tools and uv read for every member.
ROOT_FILES = (
    "pyproject.toml", "uv.lock", "uv.toml", ".python-version", "ruff.toml", ".ruff.toml",
    ".dockerignore", "mypy.ini", ".mypy.ini", "pytest.ini", "setup.cfg", "tox.ini", "conftest.py",
)  # fmt: skip
_BLOCK = 1 << 20


def list_files(folder: Path) -> tuple[Path, ...]:
    """Every file of a folder that git tracks or would offer to add; without git, all but noise.

    A tracked file that was deleted is listed: that it is gone is a change.
    """
    try:
        listed = run_git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=folder)
    except (GitError, MissingPrerequisiteError):
        return tuple(sorted(walk(folder)))
    return tuple(sorted({folder / name for name in listed.split("\0") if name}))


def walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder, ignored ones included, but for the noise of tools."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOISE]
        yield from (Path(parent) / name for name in names)


def fingerprint(context: Context, subject: Subject, checks: Sequence[Check]) -> str:
    """The hash of everything that the outcome of these checks depends on, as far as we can see.

    Not seen: ignored files, the backing services' versions, what the network answers.
    """
    root = context.workspace.root
    digest = hashlib.sha256()
    for fact in (
        __version__, context.python.path, platform.platform(), subject.name, *sorted(checks),
        context.options.base_environment.get("UV_PYTHON", ""),
        *(context.options.shared_servers if subject.name == SHARED_SUBJECT else ()),
    ):  # fmt: skip
        digest.update(f"{fact}\0".encode())
    folders = dict.fromkeys((subject.folder, root / "shared"))
    listed = [path for folder in folders if folder.is_dir() for path in list_files(folder)]
    contract = [subject.contract.openapi] if subject.contract else []
    for path in (*(root / name for name in ROOT_FILES), *contract, *listed):
        _add(digest, path, os.path.relpath(path, root))
    return digest.hexdigest()


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
