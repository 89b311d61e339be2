"""Lends backing services to a person, a test run or a command, outside of a verification."""

import os
import shlex
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

from generator.backing import BackingKind
from generator.catalog import BACKING_SERVICES
from generator.env_vars import own_package_env_vars
from generator.errors import NotAWorkspaceError, UsageError
from generator.usecases.lazy_backing import LazyBacking
from generator.usecases.service_jobs import kinds_of, kinds_of_shared
from generator.verification import SHARED_SUBJECT
from generator.workspace import open_workspace

# The name of what is lent: part of a database's, of a prefix' and of a virtual host's name.
_BORROWER = "lent"
# What makes a child find this generator, and what it keeps in its cache.
_PLACES = ("HOME", "XDG_CACHE_HOME")


def lender_variables() -> dict[str, str]:
    """What lets a test suite ask this very generator for servers, wherever it is installed."""
    places = [f"{name}={os.environ[name]}" for name in _PLACES if name in os.environ]
    words = [
        "env",
        *places,
        # Whatever the suite that asks has there.
        f"PYTHONPATH={own_package_env_vars().get('PYTHONPATH', '')}",
        sys.executable,
        "-P",
        "-m",
        "generator",
    ]
    return {"GENERATOR_COMMAND": shlex.join(words)}


def kinds_named(names: Iterable[str]) -> frozenset[BackingKind]:
    """The kinds of these names.

    Raises:
        UsageError: for a name that is none; the hint lists all.
    """
    return frozenset(map(_kind, names))


def kinds_needed(folder: Path) -> frozenset[BackingKind]:
    """What the code in a folder needs: that of a service, of the library, or of a workspace.

    Raises:
        NotAWorkspaceError: the folder is in no workspace.
    """
    try:
        workspace = open_workspace(folder)
    except NotAWorkspaceError as error:
        hint = "Go to a workspace, or name what is needed: --with postgres,redis,rabbitmq"
        raise NotAWorkspaceError(error.message, hint=hint) from error
    place = folder.resolve().relative_to(workspace.root).parts
    if place[:1] == (SHARED_SUBJECT,):
        return kinds_of_shared(workspace)
    services = workspace.inventory().services
    here = [s for s in services if workspace.service_dir(s.name).parts[-2:] == place[:2]]
    return frozenset().union(*map(kinds_of, here or services))


def lend(servers: LazyBacking, kinds: Collection[BackingKind]) -> dict[str, str]:
    """The variables that lead to these servers; one Redis stands for all that a service may have.

    Raises:
        BackingUnavailableError: one of them can be neither started nor found.
    """
    variables = servers.isolate(_BORROWER, kinds)
    first = {spec.server: spec.url for spec in BACKING_SERVICES if spec.name == spec.server}
    others = [spec for spec in BACKING_SERVICES if first[spec.server] in variables]
    return {**{spec.url: variables[first[spec.server]] for spec in others}, **variables}


def _kind(name: str) -> BackingKind:
    servers = {spec.name: spec.server for spec in BACKING_SERVICES}
    if name not in servers:
        raise UsageError(
            f"There is no backing service {name!a}.",
            hint=f"Backing services: {', '.join(servers)}.",
        )
    return BackingKind(servers[name])
