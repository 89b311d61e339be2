"""What it takes that a service has another name: its folder, its files, and who mentions it."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from generator.changes import Delete, Entry, Move, Write, removal
from generator.errors import ConflictError
from generator.files import read_below
from generator.git.scratch import Blob, Tree
from generator.naming import env_prefix, snake
from generator.updating.model import FileOutcome
from generator.usecases.losses import everything_in, files_below, is_noise
from generator.wiring import Database, Wiring, rename_variables
from generator.workspace import PRIVATE, SERVICES, Workspace

_LONGEST_TEXT = 1_000_000
_MERGED = 0o170100
# A variable in a compose file: `${NAME}`, `${NAME:-default}`.
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Renaming:
    """A service gets another name."""

    old: str
    new: str

    def path_after(self, path: str) -> str:
        """Where a file of the workspace lies afterwards."""
        inside = f"{SERVICES}/{self.old}/"
        if not path.startswith(inside):
            return path
        return f"{SERVICES}/{self.new}/{path.removeprefix(inside)}"

    def text_after(self, text: str) -> str:
        """A text of people in which the old name becomes the new one, in each of its spellings."""
        for spelling in (str, snake, env_prefix):
            text = _word(spelling(self.old)).sub(spelling(self.new), text)
        return text

    def variable_after(self, name: str, services: Collection[str]) -> str:
        """The name that a variable has afterwards; the same when it is not the service's.

        Args:
            name: the variable.
            services: all services of the workspace: `USERS_DATA_PORT` is not one of `users`.
        """
        old, new = env_prefix(self.old), env_prefix(self.new)
        parts = name.split("__")
        if len(parts) > 1:
            return "__".join(new if part == old else part for part in parts)
        owners = [prefix for prefix in map(env_prefix, services) if name.startswith(f"{prefix}_")]
        if max(owners, key=len, default="") != old:
            return name
        return new + name.removeprefix(old)


def renamed_env(workspace: Workspace, renaming: Renaming, before: Wiring, text: str) -> str:
    """The text of `.env` in which what belongs to the service has its new name and its old value.

    Args:
        workspace: as it is; its compose file of the service is read for the variables in it.
        renaming: the service.
        before: the wiring as it is.
        text: what `.env` holds.
    """
    folder = f"{SERVICES}/{renaming.old}"
    compose = read_below(workspace.root, f"{folder}/compose.yaml") or b""
    services = [answers.service_name for answers in workspace.services()]
    asked = _VARIABLE.findall(compose.decode(errors="replace"))
    purposes = {secret.name: secret.purpose for secret in before.secrets}
    names = {
        name: after
        for name in (*asked, *purposes)
        if (after := renaming.variable_after(name, services)) != name
    }
    comments = {purpose: renaming.text_after(purpose) for purpose in purposes.values()}
    return rename_variables(text, names, comments)


def moved_tree(tree: Tree, renaming: Renaming) -> dict[str, Blob]:
    """The files of a tree with those of the service in its new folder."""
    return {renaming.path_after(path): blob for path, blob in tree.items()}


def renamed_outcome(file: FileOutcome, renaming: Renaming) -> FileOutcome:
    """What becomes of a file, by the name that it has afterwards."""
    return replace(file, path=renaming.path_after(file.path))


def keep_modes(entries: Iterable[Entry], renaming: Renaming) -> Iterator[Entry]:
    """The entries, where a file that comes from the old folder keeps the permissions it has."""
    found = tuple(entries)
    modes = {
        renaming.path_after(entry.path): entry.expects.mode
        for entry in found
        if isinstance(entry, Delete)
    }
    for entry in found:
        mode = modes.get(entry.path, 0)
        # Whether it is a file or a link, and whether it can be run, is the merge's to say.
        if isinstance(entry, Write) and mode and (mode ^ entry.mode) & _MERGED == 0:
            yield replace(entry, mode=mode)
        else:
            yield entry


def rename_entries(workspace: Workspace, renaming: Renaming, merged: Tree) -> Iterator[Entry]:
    """What becomes of the files in the service's folder that are in no merge: git ignores them.

    Raises:
        ConflictError: when a git repository of its own lies there.
    """
    for path in everything_in(workspace, f"{SERVICES}/{renaming.old}"):
        if ".git" in path.split("/"):
            raise ConflictError(
                f"{workspace.service_dir(renaming.old)} holds a git repository of its own.",
                hint="Move it away first, and back when the service has its new name.",
            )
        if path in merged:
            continue
        expects = removal(workspace.root, path).expects
        if is_noise(path):
            yield Delete(path=path, expects=expects)
        else:
            yield Move(source=path, path=renaming.path_after(path), expects=expects)


def mentions(staged: Path, rendered: Iterable[Path], renaming: Renaming) -> tuple[str, ...]:
    """The lines that still have the old name and that people wrote, each as `path:line`.

    Args:
        staged: the workspace as it would be.
        rendered: what templates render: a line of theirs has the name as an example.
        renaming: the service.
    """
    examples = {line for folder in rendered for _, line in _lines_with_name(folder, renaming)}
    found = _lines_with_name(staged, renaming)
    return tuple(place for place, line in found if line not in examples)


def _lines_with_name(folder: Path, renaming: Renaming) -> Iterator[tuple[str, str]]:
    """The lines in which the old name stands in one of its spellings, each with its place."""
    spellings = [spelling(renaming.old) for spelling in (str, snake, env_prefix)]
    names = [_word(spelling) for spelling in spellings]
    for path in files_below(folder):
        at = folder / path
        if path.startswith(f"{PRIVATE}/") or at.is_symlink() or not at.is_file():
            continue
        if at.stat().st_size > _LONGEST_TEXT:
            continue
        text = at.read_bytes().decode(errors="replace")
        if not any(spelling in text for spelling in spellings):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if any(name.search(line) for name in names):
                yield f"{path}:{number}", line.strip()


def steps_where_it_runs(renaming: Renaming, before: Wiring) -> tuple[str, ...]:
    """What has to be done by hand where the service runs already, in order.

    Args:
        renaming: the service.
        before: the wiring as it was.
    """
    steps = [f"Stop {renaming.old} wherever it runs."]
    for one in before.databases:
        if one.service == renaming.old:
            after = Database(service=renaming.new).name
            steps.append(
                f'As the superuser of PostgreSQL: ALTER DATABASE "{one.name}" RENAME TO "{after}"; '
                f'ALTER ROLE "{one.name}" RENAME TO "{after}";'
            )
    backing = next((s.backing for s in before.services if s.name == renaming.old), ())
    if "redis" in backing:
        steps.append(
            f"Its keys in Redis begin with {renaming.old}: until they are renamed to "
            f"{renaming.new}:, or REDIS_PREFIX keeps the old one."
        )
    if "rabbitmq" in backing:
        steps.append(f"Queues of {renaming.old} for events stay: let them run empty first.")
    names = f"{env_prefix(renaming.old)} to {env_prefix(renaming.new)}"
    return (*steps, f"Rename its secrets there: {names}.", f"Deploy {renaming.new}.")


def _word(name: str) -> re.Pattern[str]:
    """The name where it stands alone: `users` is not in `users-data`, `users_data` or `reusers`."""
    return re.compile(rf"(?<![A-Za-z0-9_-]){re.escape(name)}(?![A-Za-z0-9-]|_(?!_))")
