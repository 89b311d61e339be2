"""The index of a person's repository: what they are in the middle of, and files in conflict."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from generator.git import GitError, run_git

# What each of these files or folders of a repository says is going on.
_UNFINISHED: Mapping[str, str] = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}


def unfinished_operation(folder: Path) -> str:
    """What git is in the middle of here, in its own word; empty when in nothing."""
    words = [word for name in _UNFINISHED for word in ("--git-path", name)]
    places = run_git("rev-parse", *words, cwd=folder).splitlines()
    going_on = (
        word
        for place, word in zip(places, _UNFINISHED.values(), strict=True)
        if (folder / place).exists()
    )
    return next(going_on, "")


def unmerged_paths(folder: Path) -> tuple[str, ...]:
    """The files in conflict below a folder, from there on."""
    said = run_git("ls-files", "--unmerged", "-z", cwd=folder)
    lines = (line.partition("\t")[2] for line in said.split("\0") if line)
    return tuple(dict.fromkeys(lines))


def submodules(folder: Path) -> tuple[str, ...]:
    """The folders below this one that hold other repositories' commits."""
    said = run_git("ls-files", "--stage", "-z", cwd=folder)
    entries = (line.partition("\t") for line in said.split("\0") if line)
    return tuple(path for facts, _, path in entries if facts.startswith("160000 "))


def listed_files(folder: Path) -> tuple[str, ...]:
    """Every file of a work tree that git tracks or would track, from `folder` on."""
    said = run_git(
        "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", cwd=folder
    )
    return tuple(path for path in said.split("\0") if path)


def head_commit(folder: Path) -> str:
    """The full hash of the last commit. Raises `GitError` when there is none."""
    return run_git("rev-parse", "--verify", "HEAD^{commit}", cwd=folder)


def add_objects(folder: Path, files: Sequence[Path]) -> tuple[str, ...]:
    """Add the contents of files to a repository as they are; return the name of each object."""
    said = run_git(
        "hash-object", "-w", "--no-filters", "--stdin-paths",
        cwd=folder, stdin="".join(f"{file}\n" for file in files),
    )  # fmt: skip
    return tuple(said.splitlines())


def write_stages(folder: Path, stages: Mapping[str, Mapping[int, tuple[str, str]]]) -> None:
    """Put files into conflict, as a merge does.

    Args:
        folder: where the paths begin.
        stages: of each path, mode and object by stage: 1 base, 2 yours, 3 the template's.
    """
    prefix = run_git("rev-parse", "--show-prefix", cwd=folder)
    lines = []
    for path, found in stages.items():
        # What the index has of it now is stage 0, which cannot stand beside the others.
        nothing = "0" * len(next(iter(found.values()))[1])
        lines.append(f"0 {nothing}\t{prefix}{path}\0")
        lines += [
            f"{mode} {name} {stage}\t{prefix}{path}\0" for stage, (mode, name) in found.items()
        ]
    run_git("update-index", "-z", "--index-info", cwd=folder, stdin="".join(lines))


def reset_index(folder: Path, paths: Iterable[str]) -> None:
    """Make the index hold these paths as the last commit does; work trees are left alone."""
    # Without any path git would reset everything.
    if listed := "".join(f"{path}\0" for path in paths):
        run_git(
            "--literal-pathspecs", "reset", "--quiet", "--pathspec-from-file=-",
            "--pathspec-file-nul",
            cwd=folder, stdin=listed,
        )  # fmt: skip


def is_shallow(folder: Path) -> bool:
    """Whether a repository was cloned without its whole history."""
    try:
        return run_git("rev-parse", "--is-shallow-repository", cwd=folder) == "true"
    except GitError:
        return False
