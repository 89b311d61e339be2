"""Other people's repositories: fetched by the usual transports only, and looked into unopened."""

from dataclasses import dataclass
from pathlib import Path

from generator.git import run_git

# How a repository may be fetched. `ext::` would run a program that its address names.
_TRANSPORTS = (
    "-c", "protocol.allow=never",
    "-c", "protocol.https.allow=always",
    "-c", "protocol.http.allow=always",
    "-c", "protocol.ssh.allow=always",
    "-c", "protocol.git.allow=always",
    "-c", "protocol.file.allow=always",
    # A server that has stopped sending ends the command.
    "-c", "http.lowSpeedLimit=1",
    "-c", "http.lowSpeedTime=60",
)  # fmt: skip


def tags(folder: Path) -> tuple[str, ...]:
    """The names of all tags."""
    return tuple(run_git("tag", "--list", cwd=folder).splitlines())


def is_tag(folder: Path, name: str) -> bool:
    """Whether a tag has this name."""
    return name in tags(folder)


def init_bare(folder: Path) -> None:
    """Make `folder` a bare repository without content."""
    run_git("init", "--quiet", "--bare", "--template=", cwd=folder)


def fetch(folder: Path, url: str, *refspecs: str) -> None:
    """Fetch these refs from another repository; what it no longer has goes here as well.

    Raises:
        GitError: when it cannot be reached or is none; the message has no credential in it.
    """
    run_git(
        *_TRANSPORTS, "fetch", "--quiet", "--prune", "--force", "--no-tags",
        "--no-recurse-submodules", "--no-write-fetch-head", "--end-of-options", url, *refspecs,
        cwd=folder,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeEntry:
    """One path of a commit."""

    mode: str
    object_id: str
    path: str

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.mode == "120000"

    @property
    def is_submodule(self) -> bool:
        """Whether it is a commit of another repository."""
        return self.mode == "160000"


def list_tree(folder: Path, commit: str, *paths: str) -> tuple[TreeEntry, ...]:
    """Every file, link and submodule of a commit below these paths."""
    listed = run_git("ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths, cwd=folder)
    entries = []
    for line in filter(None, listed.split("\0")):
        facts, _, path = line.partition("\t")
        mode, _, object_id = facts.split(" ")
        entries.append(TreeEntry(mode=mode, object_id=object_id, path=path))
    return tuple(entries)


def read_blob(folder: Path, object_id: str) -> str:
    """The text of a blob."""
    return run_git("cat-file", "blob", object_id, cwd=folder)
