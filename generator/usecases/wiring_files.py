"""Compares the generated wiring files and `.env` with the answers, and writes them."""

import difflib
import secrets
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator import git
from generator.answers import ANSWERS_FILE, read_mapping
from generator.errors import ConflictError, DestinationRefusedError
from generator.files import write_atomically
from generator.rendering.text import TextRenderer
from generator.sources.export import exported
from generator.sources.own import find_source
from generator.usecases.kept_wiring import kept_wiring
from generator.usecases.own_compose import own_compose_names, ports_set_by_hand
from generator.wiring import (
    System,
    Wiring,
    complete_env,
    is_hand_edited,
    is_sealed,
    missing_secrets,
    plan_wiring,
    refuse_own_names,
    sealed,
    unfilled_secrets,
)
from generator.workspace import WIRING, Inventory, Service, Workspace

ENV_FILE = ".env"
_PRIVATE = 0o600


@dataclass(frozen=True, kw_only=True, slots=True)
class FileChange:
    """One generated file: what is on disk and what should be.

    Attributes:
        path: relative to the workspace.
        before: the text on disk; None when there is no file.
        after: the text that should be there; None when there should be no file.
        hand_edited: whether overwriting would lose something that a person wrote.
    """

    path: str
    before: str | None
    after: str | None
    hand_edited: bool = False

    @property
    def diff(self) -> str:
        """The unified diff from what is on disk to what should be."""
        return "".join(
            difflib.unified_diff(
                (self.before or "").splitlines(keepends=True),
                (self.after or "").splitlines(keepends=True),
                f"a/{self.path}" if self.before is not None else "/dev/null",
                f"b/{self.path}" if self.after is not None else "/dev/null",
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncPlan:
    """What a sync would do.

    Attributes:
        wiring: the data that the texts were made from.
        changes: the generated files that differ from what should be there.
        missing_secrets: the variables that `.env` lacks.
        unfilled: the variables of `.env` that are empty and that only a person can fill in.
        foreign: files in wiring/ that were not generated, such as an editor's; they stay.
        inventory: the services that it is made from, and those that it leaves alone.
    """

    wiring: Wiring
    changes: tuple[FileChange, ...]
    missing_secrets: tuple[str, ...]
    unfilled: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    inventory: Inventory = field(default_factory=lambda: Inventory(services=()))

    @property
    def in_sync(self) -> bool:
        """Whether nothing would change in the committed files."""
        return not self.changes

    @property
    def hand_edited(self) -> tuple[FileChange, ...]:
        """The changes that would discard a person's edit."""
        return tuple(change for change in self.changes if change.hand_edited)


def plan_sync(workspace: Workspace, *, adding: Sequence[Service] = ()) -> SyncPlan:
    """Compare what is on disk with what the answers ask for.

    Args:
        workspace: read, not written.
        adding: services that are about to be put in place.

    Raises:
        WiringError: when the answers contradict each other.
    """
    inventory = workspace.inventory()
    inventory = replace(inventory, services=(*inventory.services, *adding))
    wiring = plan_wiring(
        _system(workspace),
        inventory,
        hand_set_ports=ports_set_by_hand(workspace),
        kept=kept_wiring(workspace, inventory.unjudged),
    )
    refuse_own_names(wiring, own_compose_names(workspace))
    env_text = _read(workspace.root / ENV_FILE) or ""
    lacking = missing_secrets(wiring, env_text)
    expected = _texts(wiring)
    ours, foreign = _sorted_out(workspace, expected)
    kept = {f"{WIRING}/env/{one.name}.env" for one in inventory.unjudged}
    return SyncPlan(
        wiring=wiring,
        changes=tuple(_changes(workspace, expected, [path for path in ours if path not in kept])),
        missing_secrets=tuple(secret.name for secret in lacking),
        unfilled=tuple(secret.name for secret in unfilled_secrets(wiring, env_text)),
        foreign=tuple(foreign),
        inventory=inventory,
    )


def _system(workspace: Workspace) -> System:
    own = read_mapping(workspace.root / ANSWERS_FILE)
    owner, description = str(own.get("owner", "")), str(own.get("description", ""))
    return System(name=workspace.name, owner=owner, description=description)


def write_sync(workspace: Workspace, plan: SyncPlan, *, force: bool = False) -> None:
    """Write what the plan found, each file in one step.

    Raises:
        ConflictError: when that would discard a hand edit and `force` is off; nothing is written.
    """
    if plan.hand_edited and not force:
        refuse_hand_edits(plan)
    for change in plan.changes:
        path = workspace.root / change.path
        if change.after is None:
            path.unlink(missing_ok=True)
        else:
            write_atomically(path, change.after, scratch=workspace.private_dir)
    complete_secrets(workspace, plan.wiring)


def refuse_hand_edits(plan: SyncPlan) -> None:
    """Raise when the plan would discard what a person wrote.

    Raises:
        ConflictError: with the diff of each such file.
    """
    if not plan.hand_edited:
        return
    names = ", ".join(change.path for change in plan.hand_edited)
    diffs = "".join(change.diff for change in plan.hand_edited)
    raise ConflictError(
        f"Edited by hand, though generated: {names}.",
        hint="Move the edit to compose.yaml or to the service, then run `generator sync --force`.\n"
        + diffs,
    )


def complete_secrets(workspace: Workspace, wiring: Wiring) -> None:
    """Make `.env` hold every secret that the wiring names, for its owner's eyes alone.

    What is there stays as it is. A link to a file of the person's own stays a link, and that file
    is completed.

    Raises:
        DestinationRefusedError: when the link came with the repository, so is not the person's.
    """
    path = workspace.root / ENV_FILE
    linked = path.is_symlink()
    if linked and git.is_tracked(workspace.root, ENV_FILE):
        raise DestinationRefusedError(
            f"{path} is a link that was committed, so secrets would go where somebody else says.",
            hint="Remove it from the repository: git rm --cached .env, then delete it.",
        )
    target = path.resolve() if linked else path
    before = _read(target)
    after = complete_env(wiring, before or "", lambda _: secrets.token_urlsafe(32))
    if after != before:
        mode = stat.S_IMODE(target.stat().st_mode) if linked and before is not None else _PRIVATE
        scratch = target.parent if linked else workspace.private_dir
        write_atomically(target, after, scratch=scratch, mode=mode)
    elif not linked and stat.S_IMODE(path.stat().st_mode) != _PRIVATE:
        path.chmod(_PRIVATE)


def _texts(wiring: Wiring) -> dict[str, str]:
    # Uncommitted texts are taken as they stand: it is their author who wants to see them.
    with exported(find_source(dev=True)) as root:
        renderer = TextRenderer(root)
        return {
            file.path: sealed(renderer.render(file.template, file.context)) for file in wiring.files
        }


def _changes(
    workspace: Workspace, expected: dict[str, str], ours: Sequence[str]
) -> Iterator[FileChange]:
    for path in sorted({*expected, *ours}):
        before, after = _read(workspace.root / path), expected.get(path)
        if before != after:
            edited = before is not None and is_hand_edited(before, after or "")
            yield FileChange(path=path, before=before, after=after, hand_edited=edited)


def _sorted_out(workspace: Workspace, expected: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The files in wiring/ that were generated, and those that somebody else left there."""
    ours: list[str] = []
    foreign: list[str] = []
    for path in sorted(workspace.wiring_dir.rglob("*")):
        if path.is_file():
            name = path.relative_to(workspace.root).as_posix()
            generated = name in expected or is_sealed(_read(path) or "")
            (ours if generated else foreign).append(name)
    return ours, foreign


def _read(path: Path) -> str | None:
    if not path.is_file():
        return None
    # Line ends as they stand: a file with CRLF must come out byte for byte.
    return path.read_bytes().decode("utf-8", errors="surrogateescape")
