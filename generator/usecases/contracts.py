"""Holds services to each other by what they say of themselves: their messages and their APIs."""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from generator.errors import UnjudgedError, UnreadableAnswersError
from generator.files import read_below
from generator.git import GitError, resolve_commit, run_git
from generator.verification import Check, WorkspaceCheck
from generator.verification.contracts.against import Descriptions, compare
from generator.verification.contracts.asyncapi import (
    ASYNCAPI,
    DocumentError,
    MessageSide,
    ServiceMessages,
    read_asyncapi,
    read_json,
)
from generator.verification.contracts.messages import Break, find_breaks
from generator.verification.contracts.openapi import OPENAPI
from generator.wiring import messages_of
from generator.workspace import SERVICES, Inventory, Service, Workspace

_PYPROJECT = "pyproject.toml"
_TABLE = "tool.generator.messages"

# The text of a file of the workspace, by its path; None where there is none.
Read = Callable[[str], str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageFindings:
    """What the messages of a workspace are like.

    Attributes:
        findings: what does not fit, one line each.
        told: what could not be compared, one line each.
        compared: how many services were.
    """

    findings: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    compared: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """What a change breaks.

    Attributes:
        ref: what was compared with, as it was given.
        commit: the full hash that it names.
        breaks: what fitted there and does not fit now.
        told: what could not be compared, one line each.
    """

    ref: str
    commit: str
    breaks: tuple[Break, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(kw_only=True, slots=True)
class _Found:
    """What was read of all services, at one version of the workspace."""

    messages: dict[str, ServiceMessages] = field(default_factory=dict)
    apis: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def messages_check(workspace: Workspace, inventory: Inventory) -> WorkspaceCheck:
    """The check of the workspace that holds its services' messages to each other."""
    found = cache(partial(message_findings, workspace, inventory))

    def told() -> str:
        compared = f"{found().compared} services compared" if found().compared else ""
        return "; ".join(found().told) or compared or "no service has messages"

    return WorkspaceCheck(check=Check.MESSAGES, find=lambda: found().findings, told=told)


def message_findings(workspace: Workspace, inventory: Inventory) -> MessageFindings:
    """Each receiver of a message against those who send it, by their `asyncapi.json`.

    A service from before there were such files counts by what its manifest says, without the
    members of its messages.

    Raises:
        UnreadableAnswersError: when `pyproject.toml` names messages in a way that is unknown.
    """
    read = _work_tree(workspace)
    outside = _outside(read(_PYPROJECT) or "")
    found = _read_all([one.name for one in inventory.services], read, apis=False)
    older = {one.name: one for one in inventory.services if _lacks(one, found)}
    named = [_by_manifest(one) for one in older.values()]
    breaks = find_breaks([*found.messages.values(), *named], outside)
    told = [f"{name} has no {ASYNCAPI}: compared by name only" for name in older]
    unknown = [name for name, one in older.items() if not one.template.messages]
    unknown += [one.name for one in inventory.unjudged]
    if unknown:
        # One of them may be the other side.
        alone = [each for each in breaks if not each.service]
        breaks = [each for each in breaks if each.service]
        told += [f"{each.text}, unless {' or '.join(unknown)} does" for each in alone]
    lines = (*found.faults, *(each.text for each in breaks))
    return MessageFindings(findings=tuple(lines), told=tuple(told), compared=len(found.messages))


def compare_with(workspace: Workspace, ref: str, names: Sequence[str] = ()) -> Compared:
    """What the work tree breaks for whom that fitted at a git ref.

    Args:
        workspace: where.
        ref: a git ref.
        names: only what concerns one of these services; empty means everything.

    Raises:
        UsageError: when the ref names no commit, or there is no such service.
        UnjudgedError: when a description cannot be read.
    """
    for name in names:
        workspace.service(name)
    commit = resolve_commit(workspace.root, ref)
    inventory = workspace.inventory()
    services = [answers.service_name for answers in inventory.answers]
    before = _read_all(_services_at(workspace, commit), _at_commit(workspace, commit))
    now = _read_all(services, _work_tree(workspace))
    for found, where in ((before, f" at {ref}"), (now, "")):
        if found.faults:
            raise UnjudgedError(
                f"{found.faults[0]}{where}, so nothing can be compared.",
                hint="Write it anew, as in: python -m app asyncapi > asyncapi.json",
            )
    breaks = compare(
        Descriptions(messages=before.messages, apis=_among(before.apis, services)),
        Descriptions(messages=now.messages, apis=now.apis),
        ref=ref,
        callers={name: inventory.callers(name) for name in services},
    )
    chosen = [each for each in breaks if not names or {each.service, *each.breaks} & set(names)]
    told = [
        f"{one.name} has no {ASYNCAPI}{where}"
        for one in inventory.services
        for found, where in ((before, f" at {ref}"), (now, ""))
        if _lacks(one, found)
    ]
    return Compared(ref=ref, commit=commit, breaks=tuple(chosen), told=tuple(told))


def _read_all(services: Sequence[str], read: Read, *, apis: bool = True) -> _Found:
    found = _Found()
    for name in services:
        try:
            if (text := read(f"{SERVICES}/{name}/{ASYNCAPI}")) is not None:
                found.messages[name] = read_asyncapi(name, text)
            if apis and (text := read(f"{SERVICES}/{name}/{OPENAPI}")) is not None:
                found.apis[name] = read_json(text, OPENAPI)
        except DocumentError as error:
            found.faults.append(f"{name}: {error}")
    return found


def _work_tree(workspace: Workspace) -> Read:
    def read(path: str) -> str | None:
        content = read_below(workspace.root, path)
        return None if content is None else content.decode("utf-8", errors="replace")

    return read


def _at_commit(workspace: Workspace, commit: str) -> Read:
    def read(path: str) -> str | None:
        try:
            return run_git("show", f"{commit}:./{path}", cwd=workspace.root)
        except GitError:
            return None

    return read


def _services_at(workspace: Workspace, commit: str) -> list[str]:
    """The folders of services that a commit has."""
    try:
        listed = run_git("ls-tree", "-z", "--name-only", commit, f"{SERVICES}/", cwd=workspace.root)
    except GitError:
        return []
    return [path.rpartition("/")[2] for path in listed.split("\0") if path]


def _lacks(service: Service, found: _Found) -> bool:
    """Whether it has messages, as far as its manifest says, and does not describe them."""
    answers, known = service.answers, messages_of([service])
    faulty = any(fault.startswith(f"{answers.service_name}: ") for fault in found.faults)
    return bool(known.messages or known.unknown) and not (faulty or service.name in found.messages)


def _by_manifest(service: Service) -> ServiceMessages:
    """What its manifest says of its messages: their names and queues."""
    answers, sends, receives = service.answers, [], []
    for one in service.template.messages_for(answers.features, example=answers.example):
        events = [("event", name, "") for name in one.publishes]
        tasks = [("task", name, queue) for name, queue in one.sends.items()]
        sends += [_named(service.name, *each) for each in (*events, *tasks)]
        # Whether it can do without a sender is not said there.
        taken = [("event", name, queue) for name, queue in one.consumes.items()]
        done = [("task", name, queue) for name, queue in one.handles.items()]
        receives += [_named(service.name, *each, optional=True) for each in (*taken, *done)]
    return ServiceMessages(service=service.name, sends=tuple(sends), receives=tuple(receives))


def _named(
    service: str, kind: str, name: str, address: str, *, optional: bool = False
) -> MessageSide:
    return MessageSide(
        service=service,
        kind="event" if kind == "event" else "task",
        name=name,
        address=address.replace("{service}", service),
        optional=optional,
    )


def _among(given: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}


def _outside(pyproject: str) -> frozenset[str]:
    """The messages that services of other workspaces send or receive."""
    try:
        table: Any = tomllib.loads(pyproject)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableAnswersError(f"{_PYPROJECT} cannot be read: {error}.") from error
    for key in _TABLE.split("."):
        table = table.get(key, {}) if isinstance(table, dict) else None
    given = table.get("outside", []) if isinstance(table, dict) else None
    if (
        not isinstance(given, list)
        or not all(isinstance(each, str) for each in given)
        or set(table) - {"outside"}
    ):
        raise UnreadableAnswersError(
            f"{_PYPROJECT}: {_TABLE} holds more than `outside`, a list of names.",
            hint='As in: outside = ["user.created"]',
        )
    return frozenset(given)
