"""Compares the generated wiring files and `.env` with the answers: what has to change."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from generator import git
from generator.answers import ANSWERS_FILE, read_mapping
from generator.changes import (
    PRIVATE_MODE,
    ChangeSet,
    Entry,
    Write,
    removal,
    rewrite,
    state_behind,
    state_of,
)
from generator.changes.views import diff
from generator.errors import ConflictError, DestinationRefusedError
from generator.files import cannot_write, read_below
from generator.rendering.text import TextRenderer
from generator.sources.export import exported
from generator.sources.own import find_source
from generator.usecases.kept_wiring import kept_wiring
from generator.usecases.own_compose import own_compose_names, ports_set_by_hand
from generator.wiring import (
    System,
    Wiring,
    complete_env,
    is_generated,
    is_hand_edited,
    missing_secrets,
    plan_wiring,
    refuse_own_names,
    unfilled_secrets,
    with_checksums,
)
from generator.workspace import WIRING, Inventory, Service, Workspace

ENV_FILE = ".env"
_TITLE = "sync"


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncPlan:
    """What follows from the answers and is not on disk yet.

    Attributes:
        wiring: the data that the texts were made from.
        changes: the generated files that differ from what should be there.
        missing_secrets: the variables that `.env` lacks.
        unfilled: the variables of `.env` that are empty and that only a person can fill in.
        foreign: files in wiring/ that were not generated, such as an editor's; they stay.
        inventory: the services that it is made from, and those that it leaves alone.
    """

    wiring: Wiring
    changes: ChangeSet
    missing_secrets: tuple[str, ...]
    unfilled: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    inventory: Inventory = field(default_factory=lambda: Inventory(services=()))

    @property
    def in_sync(self) -> bool:
        """Whether nothing would change in the committed files."""
        return not self.changes


def plan_sync(
    workspace: Workspace,
    *,
    adding: Sequence[Service] = (),
    removing: str = "",
    inventory: Inventory | None = None,
) -> SyncPlan:
    """Compare what is on disk with what the answers ask for.

    Args:
        workspace: read, not written.
        adding: services that are about to be put in place.
        removing: a service that is about to go; empty when none is.
        inventory: the services that are there; read when left out.

    Raises:
        WiringError: when the answers contradict each other.
        DestinationRefusedError: when a generated file is a link, or is reached over one.
    """
    inventory = (inventory or workspace.inventory()).without(removing)
    inventory = replace(inventory, services=(*inventory.services, *adding))
    wiring = wiring_of(workspace, inventory)
    refuse_own_names(wiring, own_compose_names(workspace))
    env_text = _text(_env_content(workspace))
    lacking = missing_secrets(wiring, env_text)
    expected = _texts(wiring)
    ours, foreign = _sorted_out(workspace, expected)
    kept = {f"{WIRING}/env/{one.name}.env" for one in inventory.unjudged}
    return SyncPlan(
        wiring=wiring,
        changes=ChangeSet.of(
            _TITLE, _entries(workspace, expected, [path for path in ours if path not in kept])
        ),
        missing_secrets=tuple(secret.name for secret in lacking),
        unfilled=tuple(secret.name for secret in unfilled_secrets(wiring, env_text)),
        foreign=tuple(foreign),
        inventory=inventory,
    )


def wiring_of(workspace: Workspace, inventory: Inventory) -> Wiring:
    """What follows from the answers, as data.

    Raises:
        WiringError: when the answers contradict each other.
    """
    return plan_wiring(
        system_of(workspace),
        inventory,
        hand_set_ports=ports_set_by_hand(workspace),
        kept=kept_wiring(workspace, inventory.unjudged),
    )


def system_of(workspace: Workspace) -> System:
    """What the workspace's own answers say of it."""
    own = read_mapping(workspace.root / ANSWERS_FILE)
    owner, description = str(own.get("owner", "")), str(own.get("description", ""))
    return System(name=workspace.name, owner=owner, description=description)


def secrets_entries(workspace: Workspace, wiring: Wiring) -> tuple[Write, ...]:
    """What makes `.env` hold every secret that the wiring names, for its owner's eyes alone.

    What is there stays as it is. A link to a file of the person's own stays a link, and that file
    is completed.

    Returns:
        One entry; none when nothing has to change.

    Raises:
        DestinationRefusedError: when the link came with the repository, so is not the person's, or
            when the file is committed, as its secrets would be.
    """
    before = env_text(workspace)
    after = complete_env(wiring, before, lambda _: secrets.token_urlsafe(32))
    if before and after != before:
        _refuse_committed(workspace)
    return env_entries(workspace, after)


def _refuse_committed(workspace: Workspace) -> None:
    path = workspace.root / ENV_FILE
    if not path.is_symlink() and git.is_tracked(workspace.root, ENV_FILE):
        raise DestinationRefusedError(
            f"{path} is tracked by git, so the secrets in it would be committed.",
            hint=f"Take it out of the repository; the file stays: git rm --cached {ENV_FILE}\n"
            "What was committed is known to everybody who has a clone: change it.",
        )


def env_text(workspace: Workspace) -> str:
    """What `.env` holds; empty when there is none."""
    return _text(_env_content(workspace))


def env_entries(workspace: Workspace, after: str) -> tuple[Write, ...]:
    """What makes `.env` hold this text; none when it does already, and is private.

    Raises:
        DestinationRefusedError: when it is a link that came with the repository.
    """
    path = workspace.root / ENV_FILE
    target = path.resolve() if path.is_symlink() else None
    if target:
        refuse_committed_link(workspace)
    expects = state_behind(target) if target else state_of(workspace.root, ENV_FILE)
    entry = Write(
        path=ENV_FILE,
        content=after.encode(errors="surrogateescape"),
        mode=expects.mode if target and expects else PRIVATE_MODE,
        expects=expects,
        secret=True,
        through=str(target or ""),
    )
    return () if entry.after == expects else (entry,)


def refuse_committed_link(workspace: Workspace) -> None:
    """See that a link in place of `.env` is the person's own.

    Raises:
        DestinationRefusedError: when it came with the repository.
    """
    if git.is_tracked(workspace.root, ENV_FILE):
        raise DestinationRefusedError(
            f"{workspace.root / ENV_FILE} is a link that was committed, "
            "so secrets would go where somebody else says.",
            hint="Remove it from the repository: git rm --cached .env, then delete it.",
        )


def refuse_hand_edits(workspace: Workspace, changes: ChangeSet) -> None:
    """Raise when the changes would discard what a person wrote.

    Raises:
        ConflictError: with the diff of each such file.
    """
    edited = ChangeSet(title=changes.title, entries=changes.discarding)
    if edited:
        raise ConflictError(
            f"Edited by hand, though generated: {', '.join(edited.paths)}.",
            hint="Move the edit to compose.yaml or to the service, then run "
            "`generator sync --force`.\n" + diff(workspace.root, edited),
        )


def _texts(wiring: Wiring) -> dict[str, str]:
    # Uncommitted texts are taken as they stand: it is their author who wants to see them.
    with exported(find_source(dev=True)) as root:
        renderer = TextRenderer(root)
        return {
            file.path: with_checksums(renderer.render(file.template, file.context))
            for file in wiring.files
        }


def _entries(
    workspace: Workspace, expected: Mapping[str, str], ours: Sequence[str]
) -> Iterator[Entry]:
    for path in sorted({*expected, *ours}):
        content, after = read_below(workspace.root, path), expected.get(path)
        before = None if content is None else _text(content)
        if before == after:
            continue
        edited = before is not None and is_hand_edited(before, after or "")
        entry: Entry = (
            removal(workspace.root, path)
            if after is None
            else rewrite(workspace.root, path, after.encode(errors="surrogateescape"))
        )
        yield replace(entry, discards_edit=edited)


def _sorted_out(workspace: Workspace, expected: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The files in wiring/ that were generated, and those that somebody else left there."""
    ours: list[str] = []
    foreign: list[str] = []
    for path in sorted(workspace.wiring_dir.rglob("*")):
        name = path.relative_to(workspace.root).as_posix()
        if name in expected:
            ours.append(name)
        elif path.is_symlink():
            foreign.append(name)
        elif path.is_file():
            generated = is_generated(_text(read_below(workspace.root, name)))
            (ours if generated else foreign).append(name)
    return ours, foreign


def _env_content(workspace: Workspace) -> bytes | None:
    """What is in `.env`, or in the file that a person's own link there leads to."""
    path = workspace.root / ENV_FILE
    if not path.is_symlink():
        return read_below(workspace.root, ENV_FILE)
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError as error:
        raise cannot_write(path, error) from error


def _text(content: bytes | None) -> str:
    # Line ends as they stand: a file with CRLF must come out byte for byte.
    return (content or b"").decode("utf-8", errors="surrogateescape")
